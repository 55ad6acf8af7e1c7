/**
 * What each Webflow scope lets this app do, for somebody who never heard of OAuth. The 26 scopes are those of Webflow's
 * scopes page (developers.webflow.com/data/reference/scopes); a scope that is not listed here is shown as it is.
 */

/** What a scope touches, in the order in which people read it. */
export const scopeSubjects = {
  person: "Who you are",
  sites: "Your sites",
  design: "Pages and design",
  content: "CMS content",
  code: "Code on your sites",
  visitors: "Visitors and customers",
  workspace: "Your workspace",
  other: "Something new",
} as const;

export type ScopeSubject = keyof typeof scopeSubjects;

export type ScopeAccess = "read" | "write";
export type ScopeCare = "low" | "medium" | "high";

interface ScopeWords {
  /** What it touches, short: follows "Read" or "Change". */
  readonly title: string;
  /** What the app can do with it; also reads well after "The app can". */
  readonly sentence: string;
  readonly access: ScopeAccess;
  readonly subject: ScopeSubject;
  /** High: it publishes, deletes or runs something in public, or shows personal data of third persons. */
  readonly care: ScopeCare;
}

export interface ScopeDescription extends ScopeWords {
  readonly id: string;
}

const read = (subject: ScopeSubject, title: string, care: ScopeCare, sentence: string) =>
  ({ title, sentence, access: "read", subject, care }) as const;
const write = (subject: ScopeSubject, title: string, care: ScopeCare, sentence: string) =>
  ({ title, sentence, access: "write", subject, care }) as const;

export const webflowScopes = {
  "authorized_user:read": read("person", "Name and e-mail", "low", "See your name and e-mail address."),
  "sites:read": read(
    "sites",
    "Sites",
    "low",
    "See your sites: names, addresses and when they were published.",
  ),
  "sites:write": write("sites", "Sites", "high", "Publish, rename and delete your sites."),
  "site_config:read": read(
    "sites",
    "Site settings",
    "low",
    "See redirects and the rules for search engines.",
  ),
  "site_config:write": write(
    "sites",
    "Site settings",
    "high",
    "Change redirects and what search engines may show.",
  ),
  "site_activity:read": read("sites", "Site activity", "medium", "See who changed what on your sites."),
  "pages:read": read("design", "Pages", "low", "See your pages, their text and settings."),
  "pages:write": write("design", "Pages", "medium", "Change the text and settings of your pages."),
  "components:read": read(
    "design",
    "Components",
    "low",
    "See the components that your pages are built from.",
  ),
  "components:write": write(
    "design",
    "Components",
    "medium",
    "Change components, on every page that uses them.",
  ),
  "assets:read": read("design", "Images and files", "low", "See the images and files you uploaded."),
  "assets:write": write(
    "design",
    "Images and files",
    "medium",
    "Upload, change and delete images and files.",
  ),
  "comments:read": read("design", "Comments", "medium", "Read what your team writes in comments."),
  "comments:write": write("design", "Comments", "medium", "Write and change comments for your team."),
  "cms:read": read("content", "CMS items", "low", "See your CMS collections and items, drafts too."),
  "cms:write": write("content", "CMS items", "high", "Change and delete items in your CMS collections."),
  "custom_code:read": read("code", "Custom code", "low", "See the scripts that were added to your sites."),
  "custom_code:write": write(
    "code",
    "Custom code",
    "high",
    "Add scripts that run for everyone who visits your sites.",
  ),
  "forms:read": read("visitors", "Form entries", "high", "Read what visitors sent you through your forms."),
  "forms:write": write(
    "visitors",
    "Form entries",
    "high",
    "Change and delete what visitors sent you through your forms.",
  ),
  "users:read": read(
    "visitors",
    "Site members",
    "high",
    "See who has an account on your sites, with their e-mail addresses.",
  ),
  "users:write": write(
    "visitors",
    "Site members",
    "high",
    "Invite, change and delete people who have an account on your sites.",
  ),
  "ecommerce:read": read(
    "visitors",
    "Shop",
    "high",
    "See products, stock and orders, with the addresses of customers.",
  ),
  "ecommerce:write": write(
    "visitors",
    "Shop",
    "high",
    "Change products and stock, fulfil and refund orders.",
  ),
  "workspace:read": read("workspace", "Workspace", "medium", "See your workspace and what is in it."),
  "workspace:write": write("workspace", "Workspace", "high", "Change your workspace and create sites in it."),
} as const satisfies Record<string, ScopeWords>;

export type WebflowScope = keyof typeof webflowScopes;

function isWebflowScope(id: string): id is WebflowScope {
  return Object.hasOwn(webflowScopes, id);
}

/** The words for one scope. An unknown one is shown as it is, and never as harmless: nobody here knows what it can do. */
export function describeScope(id: string): ScopeDescription {
  if (isWebflowScope(id)) return { id, ...webflowScopes[id] };
  const access = id.endsWith(":read") ? "read" : "write";
  return {
    id,
    title: "Unknown permission",
    sentence: "Webflow allowed this, but this app has no words for it yet.",
    access,
    subject: "other",
    care: access === "read" ? "medium" : "high",
  };
}

const places = new Map(Object.keys(webflowScopes).map((id, place) => [id, place]));
const placeOf = (id: string) => places.get(id) ?? -1;

export interface ScopeGroup {
  readonly label: string;
  readonly scopes: readonly ScopeDescription[];
}

/** Scopes by what they touch: in the order of the catalogue, each once, empty groups left out, unknown scopes last. */
export function groupScopes(ids: readonly string[]): ScopeGroup[] {
  const scopes = [...new Set(ids)].sort((a, b) => placeOf(a) - placeOf(b)).map(describeScope);
  return Object.entries(scopeSubjects)
    .map(([subject, label]) => ({ label, scopes: scopes.filter((scope) => scope.subject === subject) }))
    .filter((group) => group.scopes.length > 0);
}
