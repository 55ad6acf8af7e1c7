/**
 * What is older than this is refreshed after a page has been answered, not at every view: what Webflow said of a connection,
 * and that a session is in use.
 */
export const staleAfterMinutes = 5;
