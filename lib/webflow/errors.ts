/**
 * Every way in which connecting a Webflow account can fail, as a closed list. Whatever Webflow, a browser or an attacker
 * sends is mapped onto one of these before it reaches a log or a page; nothing else is ever echoed.
 */
export const connectErrors = [
  // Authorization errors of Webflow's page, sent to the redirect URL
  "access_denied",
  "invalid_request",
  "unsupported_response_type",
  // Access token errors of Webflow's page
  "invalid_grant",
  "invalid_client",
  "unsupported_grant_type",
  // Webflow did not answer, or not in a form that can be used (time-out, 5xx, HTML, half JSON)
  "webflow_unavailable",
  // Webflow answered, but did not say whose account it is
  "identity_unknown",
  // The start of this connection is unknown, too old, or was made in another browser or tab
  "start_expired",
  // The callback was opened again after it had been used
  "start_used",
  // Somebody else is signed in now than when this connection was started, or the session ended
  "session_changed",
  // This Webflow user belongs to another User of this app
  "account_of_another_user",
  // Malformed callback: repeated or overlong parameters, code and error together
  "malformed_callback",
  // A request that no page of this app sends (lib/request-guard.ts)
  "malformed_request",
  "cross_origin",
  "too_large",
  "outdated_page",
  "database_unavailable",
  // Our records did not answer to the last step of a connect, its COMMIT: it may be done (lib/db.ts)
  "perhaps_connected",
  // Our records did not answer to what somebody asked here (app/act-in-words.ts, app/sign-out)
  "not_done",
  "not_signed_out",
  // Too often in a short time (lib/rate-limit.ts)
  "too_many_requests",
  "unknown",
] as const;

export type ConnectError = (typeof connectErrors)[number];

/** Whether it was our own records that failed a person: that is counted for nobody, and who has to write waits until they have their words. */
export function isOfDatabase(error: ConnectError | undefined): boolean {
  return error === "database_unavailable" || error === "perhaps_connected";
}

/** The code itself when it is one of ours, else `unknown`. Safe on any input, `__proto__` and arrays included. */
export function toConnectError(value: unknown): ConnectError {
  return connectErrors.find((code) => code === value) ?? "unknown";
}

/** Ends a connect flow with a code that the person will be told in words. The message is for developers, never shown. */
export class ConnectFailure extends Error {
  override readonly name = "ConnectFailure";
  constructor(
    readonly code: ConnectError,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
