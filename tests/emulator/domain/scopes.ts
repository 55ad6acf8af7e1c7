/**
 * Every scope a Webflow app can register, in the words of the consent page.
 * Source: the OAuth2 security scheme of Webflow's OpenAPI description, plus the two that are seen elsewhere.
 */
export const knownScopes = {
  "authorized_user:read": "See your name and e-mail address",
  "sites:read": "See your sites and their settings",
  "sites:write": "Change and publish your sites",
  "cms:read": "Read CMS collections and items",
  "cms:write": "Create, change and delete CMS collections and items",
  "pages:read": "Read pages and their content",
  "pages:write": "Change pages and their content",
  "components:read": "Read components",
  "components:write": "Change components",
  "assets:read": "See images and files",
  "assets:write": "Upload, change and delete images and files",
  "comments:read": "Read comments on the canvas",
  "comments:write": "Write comments on the canvas",
  "custom_code:read": "Read custom code",
  "custom_code:write": "Add and change custom code on your pages",
  "ecommerce:read": "See products, orders and inventory",
  "ecommerce:write": "Change products, orders and inventory",
  "forms:read": "Read forms and what visitors sent",
  "forms:write": "Change and delete form submissions",
  "site_activity:read": "Read the activity log of your sites",
  "site_config:read": "Read site configuration such as robots.txt",
  "site_config:write": "Change site configuration such as robots.txt",
  "users:read": "See the members of your sites",
  "users:write": "Invite, change and remove members of your sites",
  "workspace:read": "See workspace details",
  "workspace:write": "Change workspace details",
  "workspace_activity:read": "Read the workspace audit log",
  "app_subscriptions:read": "See what this app is subscribed to",
} as const;

const words: ReadonlyMap<string, string> = new Map(Object.entries(knownScopes));

/** The scope in plain words; an unknown one is shown as it is. */
export function describeScope(scope: string): string {
  return words.get(scope) ?? scope;
}
