/** Nothing to do at the start. Without this file Next would take the template's, which lies further up. */
export function register(): void {}
