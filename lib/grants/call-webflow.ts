import "server-only";
import type { WebflowClient } from "webflow-api";
import { db } from "@/lib/db";
import { errorName, log } from "@/lib/log";
import { type WebflowAnswer, type WebflowRefusal, withWebflowClient } from "@/lib/webflow/client";
import { type Liveness, reportUnauthorized } from "./check";
import { tryToOpenToken } from "./vault";

/** What came of a call on behalf of a person: its value, or why not, in terms of their connection. */
export type CallResult<T> =
  | { kind: "ok"; value: T }
  /** This User has no such live connection. */
  | { kind: "not_connected" }
  /** The access was taken back at Webflow; the connection is LOST from here on. */
  | { kind: "withdrawn" }
  | Exclude<WebflowRefusal, { kind: "unauthorized" }>;

/**
 * Calls Webflow's Data API as one of this User's connections:
 * `callWebflow(userId, connection.id, (webflow) => webflow.sites.list())`.
 *
 * Never throws for what Webflow or our database does. A 401 is ambiguous, so introspect decides: `withdrawn` when it says
 * that the token is dead, `refused` when it lives, `unavailable` when it does not say; and `not_connected` when meanwhile the
 * connection was ended or replaced here. The token is opened for the call and
 * never handed out.
 */
export async function callWebflow<T>(
  userId: string,
  connectionId: string,
  work: (webflow: WebflowClient) => Promise<T>,
): Promise<CallResult<T>> {
  const token = await readToken(userId, connectionId);
  if (typeof token !== "string") return token;
  const answer: WebflowAnswer<T> = await withWebflowClient(token, work);
  if (answer.kind !== "unauthorized") return answer;
  return unauthorized[await reportUnauthorized(connectionId)];
}

/** What a 401 means, by what introspect says of the token. */
const unauthorized = {
  withdrawn: { kind: "withdrawn" },
  alive: { kind: "refused", status: 401 },
  unknown: { kind: "unavailable" },
  not_connected: { kind: "not_connected" },
} as const satisfies Record<Liveness | "not_connected", CallResult<never>>;

/** Only an ACTIVE Grant of this User gives its token: one that is being revoked is out of use. */
async function readToken(
  userId: string,
  id: string,
): Promise<string | { kind: "not_connected" } | { kind: "unavailable" }> {
  try {
    const grant = await db().grant.findFirst({
      where: { id, userId, state: "ACTIVE" },
      select: { sealedToken: true },
    });
    if (!grant?.sealedToken) return { kind: "not_connected" };
    return tryToOpenToken(id, grant.sealedToken) ?? { kind: "unavailable" };
  } catch (error) {
    log.error("token_not_read", { grantId: id, error: errorName(error) });
    return { kind: "unavailable" };
  }
}
