/** What a clone of this template changes first: the app's name, its words and its addresses. Nothing here is secret. */
export const site = {
  name: "Webflow App Template",
  tagline: "See what an app may do. Take it back.",
  description:
    "Connect your Webflow sites, see in plain words what this app may do with them, and take it back whenever you like.",
  /** Where a person writes to when words on a page did not help. */
  supportEmail: "support@example.com",
  links: {
    privacy: "/privacy",
    terms: "/terms",
    /** Where a person removes an app on Webflow's side, without us. */
    webflowDashboard: "https://webflow.com/dashboard",
  },
} as const;
