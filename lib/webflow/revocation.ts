import "server-only";
import { env } from "@/lib/env";
import { introspect } from "./authorization";
import { type Limits, readJsonObject, retryAfterSeconds, webflowFetch } from "./http";

/** `dead` is proof. Everything else means: ask again, and why. */
export type Revocation =
  | { kind: "dead" }
  | {
      kind: "pending";
      reason: "unavailable" | "rate_limited" | "refused" | "invalid_client";
      retryAfterSeconds: number | null;
    };

/**
 * Tells Webflow to kill a token and answers `dead` only on proof (Webflow's page, "Step 4. Revoke Authorization"; the newer
 * page spells `did_revoke`; `invalid_token` means already dead). An answer that is neither yes nor a known error is not
 * believed: introspect decides.
 *
 * Never throws. `limits.deadlineMs` holds for each of the at most two calls.
 */
export async function revokeAuthorization(token: string, limits: Limits): Promise<Revocation> {
  const { WEBFLOW_API_URL, WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET } = env();
  const response = await webflowFetch(
    new URL("/oauth/revoke_authorization", WEBFLOW_API_URL),
    {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        client_id: WEBFLOW_CLIENT_ID,
        client_secret: WEBFLOW_CLIENT_SECRET,
        access_token: token,
      }),
    },
    limits,
  ).catch(() => null);
  const body = response && (await readJsonObject(response));

  if (response?.ok && (body?.didRevoke === true || body?.did_revoke === true)) return { kind: "dead" };
  if (body?.error === "invalid_token") return { kind: "dead" };
  if (body?.error === "invalid_client") return pending("invalid_client");
  if (response?.status === 429) return pending("rate_limited", retryAfterSeconds(response));
  if (!response || response.status >= 500)
    return pending("unavailable", response && retryAfterSeconds(response));

  const check = await introspect(token, limits);
  if (check.kind === "dead") return check;
  return pending(check.kind === "alive" ? "refused" : "unavailable");
}

function pending(
  reason: (Revocation & { kind: "pending" })["reason"],
  retryAfter: number | null = null,
): Revocation {
  return { kind: "pending", reason, retryAfterSeconds: retryAfter };
}
