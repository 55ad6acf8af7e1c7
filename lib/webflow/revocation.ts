import "server-only";
import { env } from "@/lib/env";
import { introspect } from "./authorization";
import { askWebflow, type Limits, type Reply, readJsonObject, retryAfterSeconds } from "./http";

/** Why a token is not known to be dead: no answer, 429, an answer that is no (and introspect says alive), or our credentials. */
export type PendingReason = "unavailable" | "rate_limited" | "refused" | "invalid_client";

/** `dead` is proof. Everything else means: ask again, and why. */
export type Revocation =
  | { kind: "dead" }
  | { kind: "pending"; reason: PendingReason; retryAfterSeconds: number | null };

/**
 * Tells Webflow to kill a token and answers `dead` only on proof:
 * - `didRevoke` (Webflow's page, "Step 4. Revoke Authorization") or `did_revoke` (the newer page) is true: `dead`
 * - error `invalid_token`, known from the newer page: `dead`, it was before
 * - error `invalid_client`: `invalid_client`, whatever the status
 * - 429: `rate_limited`, with what Retry-After says
 * - 5xx, silence, a reset, more than the limit: `unavailable`, with what Retry-After says
 * - anything else (false, odd types, 404, HTML): introspect decides; 401 there is `dead`, an answer `refused`, else `unavailable`
 *
 * Never throws. `limits.deadlineMs` holds for all calls together.
 */
export async function revokeAuthorization(token: string, limits: Limits): Promise<Revocation> {
  const endsAt = performance.now() + limits.deadlineMs;
  const left = (): Limits => ({ ...limits, deadlineMs: Math.max(endsAt - performance.now(), 0) });

  const response = await askToRevoke(token, left);
  const body = response && (await readJsonObject(response));
  if (response?.ok && (body?.didRevoke === true || body?.did_revoke === true)) return { kind: "dead" };
  if (body?.error === "invalid_token") return { kind: "dead" };
  if (body?.error === "invalid_client") return pending("invalid_client");
  if (response?.status === 429) return pending("rate_limited", retryAfterSeconds(response));
  if (!response || response.status >= 500)
    return pending("unavailable", response && retryAfterSeconds(response));

  const check = await introspect(token, left());
  if (check.kind === "dead") return check;
  return pending(check.kind === "alive" ? "refused" : "unavailable");
}

/** Webflow's pages name two hosts: where the one has no such address, the other is asked. Null when it did not answer. */
async function askToRevoke(token: string, left: () => Limits): Promise<Reply | null> {
  const { WEBFLOW_API_URL, WEBFLOW_OAUTH_URL, WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET } = env();
  const body = JSON.stringify({
    client_id: WEBFLOW_CLIENT_ID,
    client_secret: WEBFLOW_CLIENT_SECRET,
    access_token: token,
  });
  const headers = { "content-type": "application/json", accept: "application/json" };
  const ask = (origin: string) =>
    askWebflow(
      new URL("/oauth/revoke_authorization", origin),
      { method: "POST", headers, body },
      left(),
    ).catch(() => null);

  const response = await ask(WEBFLOW_API_URL);
  const isElsewhere = response?.status === 404 || response?.status === 405;
  return isElsewhere && WEBFLOW_OAUTH_URL !== WEBFLOW_API_URL ? ask(WEBFLOW_OAUTH_URL) : response;
}

function pending(reason: PendingReason, retryAfter: number | null = null): Revocation {
  return { kind: "pending", reason, retryAfterSeconds: retryAfter };
}
