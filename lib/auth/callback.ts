import "server-only";
import { randomBytes } from "node:crypto";
import type { NextRequest } from "next/server";
import { queryRows } from "@/lib/db";
import { env } from "@/lib/env";
import { Prisma } from "@/lib/generated/prisma/client";
import { checkDoubted } from "@/lib/grants/check";
import { noteCredentialsRefused } from "@/lib/grants/credentials";
import { assertKeys } from "@/lib/grants/keyring";
import { revokeNow, revokeReplaced } from "@/lib/grants/revoke";
import { refuseGrant } from "@/lib/grants/unclaimed";
import { errorName, log } from "@/lib/log";
import { afterResponse } from "@/lib/request-id";
import { type ConnectError, isOfDatabase } from "@/lib/webflow/errors";
import { parseCallback } from "./callback-parameters";
import { takeCallback } from "./config";
import { authCookies } from "./cookies";
import type { Flow } from "./flow";
import { toOwnRequest } from "./own-request";
import { sendTo } from "./pages";
import { previewCallback } from "./preview";
import { hashOf, sessionTokenHash } from "./session";

/** How a callback ended: with a redirect to a clean URL, or with a failure that the person is to be told in words. */
export type CallbackOutcome = { response: Response } | { failure: ConnectError };

/** Takes Webflow's redirect: connects and signs in, or starts afresh when it carries a code that this app did not ask for. */
export async function handleCallback(request: NextRequest): Promise<CallbackOutcome> {
  const parameters = parseCallback(request.nextUrl.searchParams);
  if (parameters.kind === "malformed") return { failure: "malformed_callback" };
  const preview = await previewCallback(request.nextUrl.searchParams);
  if (preview) return { response: sendTo(preview) };
  if (parameters.kind === "error") return { failure: parameters.error };
  if (parameters.kind === "no_state") return { response: sendTo(new URL("/install", env().AUTH_URL)) };

  const { code, state } = parameters;
  const tokenHash = await sessionTokenHash();
  const start = await spendState(request, tokenHash, state);
  if ("failure" in start) return start;

  const flow: Flow = {
    startedBy: start.userId,
    requestedScopes: start.scopes,
    sessionTokenHash: tokenHash,
    sessionToken: randomBytes(32).toString("base64url"),
    userAgent: request.headers.get("user-agent"),
    signedIn: false,
  };
  // Nothing else that came along: NextAuth would refuse some of it (`iss`, `id_token`), after the state was used up.
  const query = `?${new URLSearchParams({ code, state })}`;
  const response = await takeCallback(toOwnRequest(request, query), flow);
  // Without the database nothing is settled soon, and nobody waits for it.
  if (isOfDatabase(flow.failure)) await afterResponse(() => settle(flow));
  else await settle(flow);
  if (!flow.signedIn) return { failure: flow.failure ?? "unknown" };
  response.headers.set("cache-control", "no-store");
  // Whoever connects may be somebody else than who is signed in: the account page says whose account they are in now.
  if (flow.activation?.joined)
    response.headers.set("location", new URL("/dashboard/account", env().AUTH_URL).href);
  return { response };
}

/**
 * Uses up the state, once and before the code is spent: of ten callbacks at once one gets the row, and when the database
 * is down, or a key is wrong, the code is still good. The row must have been made for whoever is signed in now, and in this browser. NextAuth looks at
 * the same cookie, but later: whoever else got hold of the URL (a scanner of links, say) would have used the state up by then.
 */
async function spendState(
  request: NextRequest,
  tokenHash: string | null,
  state: string,
): Promise<{ userId: string | null; scopes: string[] } | { failure: ConnectError }> {
  const stateHash = hashOf(state);
  const cookie = request.cookies.get(authCookies().state.name);
  const cookieHash = cookie ? hashOf(cookie.value) : null;
  try {
    // A token that could not be sealed is better not asked for.
    await assertKeys();
    const [start] = await queryRows<{ userId: string | null; scopes: string[] }>(Prisma.sql`
      UPDATE "AuthorizationRequest" SET "usedAt" = now()
      WHERE "stateHash" = ${stateHash} AND "cookieHash" = ${cookieHash} AND "usedAt" IS NULL AND "expiresAt" > now()
        AND "userId" IS NOT DISTINCT FROM
          (SELECT "userId" FROM "Session" WHERE "tokenHash" = ${tokenHash} AND "expires" > now())
      RETURNING "userId", "scopes"`);
    if (start) return start;
    const [known] = await queryRows<{ used: boolean; isOwn: boolean }>(Prisma.sql`
      SELECT "usedAt" IS NOT NULL AS "used", coalesce("cookieHash" = ${cookieHash}, false) AS "isOwn"
      FROM "AuthorizationRequest" WHERE "stateHash" = ${stateHash} AND "expiresAt" > now()`);
    if (!known) return { failure: "start_expired" };
    if (known.used) return { failure: "start_used" };
    return { failure: known.isOwn ? "session_changed" : "start_expired" };
  } catch (error) {
    log.error("callback_without_database", { error: errorName(error) });
    return { failure: "database_unavailable" };
  }
}

/**
 * By what the failures of a callback are counted that answers a start of this browser: by that start, of which there are only so many. Another
 * web page can have a browser fail here as often as it likes, but knows no `state`. Null for every other callback, and while the database does
 * not answer.
 */
export async function ownStart(request: NextRequest): Promise<string | null> {
  const state = request.nextUrl.searchParams.get("state");
  const cookie = request.cookies.get(authCookies().state.name);
  if (!state || !cookie) return null;
  const stateHash = hashOf(state);
  try {
    const starts = await queryRows(Prisma.sql`
      SELECT 1 FROM "AuthorizationRequest"
      WHERE "stateHash" = ${stateHash} AND "cookieHash" = ${hashOf(cookie.value)} AND "expiresAt" > now()`);
    return starts.length > 0 ? stateHash : null;
  } catch (error) {
    log.warn("rate_limit_unavailable", { code: "failed_callback", error: errorName(error) });
    return null;
  }
}

/** After NextAuth: a fresh token that got no owner dies, and so do the ones that it replaced; then those in doubt are looked at again. */
async function settle({ signedIn, received, activation, startedBy, profile, failure }: Flow): Promise<void> {
  try {
    // The code exchange was refused. Whether revoking is refused as well, the next attempt finds out.
    if (failure === "invalid_client") await noteCredentialsRefused(0);
    if (!received) return;
    if (!signedIn) {
      await refuseGrant(received.id, profile?.user.id ?? null);
      await revokeNow(received.id);
    } else if (profile && activation && activation.unsettled > 0) {
      await revokeReplaced(received.id);
      await checkDoubted(profile.user.id);
    }
  } catch (error) {
    // Nothing is lost: the sweep finds the Grant in the state that was committed.
    log.warn("settle_postponed", {
      grantId: received?.id,
      userId: startedBy ?? undefined,
      error: errorName(error),
    });
  }
}
