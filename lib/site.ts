/**
 * What a clone of this template changes first: the app's name, its words, its addresses and what it asks for. Nothing here is
 * secret. The colours are in app/theme.css. `npm run rename -- "Name"` sets the name here and in package.json.
 */
export const site = {
  name: "Webflow App Template",
  tagline: "See what an app may do. Take it back.",
  description:
    "Connect your Webflow sites, see in plain words what this app may do with them, and take it back whenever you like.",
  /** `public/opengraph-image.png`, beside a link to this app. */
  linkPicture: {
    width: 1200,
    height: 630,
    alt: "A slip that lists what an app may read and change, with a stub that says Disconnect.",
  },
  /** Where a person writes to when words on a page did not help. */
  supportEmail: "support@example.com",
  /** What the app asks for, unless WEBFLOW_SCOPES says otherwise. Each must be registered for your app at Webflow. */
  scopes: ["authorized_user:read", "sites:read"],
  /** The bar of a phone's browser: --color-sheet of app/theme.css. */
  themeColor: { light: "#ffffff", dark: "#16201c" },
  links: {
    /** Pages of this app (app/privacy, app/terms), or where yours are. */
    privacy: "/privacy",
    terms: "/terms",
    /** Where a person removes an app on Webflow's side, without us. */
    webflowDashboard: "https://webflow.com/dashboard",
  },
} as const;
