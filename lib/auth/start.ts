import "server-only";
import { cookies, headers } from "next/headers";
import { clientAddress } from "@/lib/client-address";
import { queryRows } from "@/lib/db";
import { env } from "@/lib/env";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { type RateLimitAnswer, takeStatement, toAnswer } from "@/lib/rate-limit";
import type { WebflowScope } from "@/lib/webflow/scopes";
import { prepareSignIn } from "./config";
import { authCookies } from "./cookies";
import { errorPage, tooManyRequestsPage } from "./pages";
import { currentUserId, hashOf, sessionTokenHash } from "./session";

/** How long a person may take at Webflow. NextAuth's state cookie lasts as long. */
const startLastsMinutes = 15;

/**
 * Remembers one start of the flow by its `state`, so that the callback can be used once, in time, and only by whoever was
 * signed in (or not) when it was started, in the browser that it was started in. Counts it in the same statement, and remembers
 * nothing of one too many.
 *
 * @param stateCookie what that browser keeps of it
 * @param address of the browser, from `clientAddress`; where it is not known the session is counted, not its User: whoever stole
 *   one could otherwise keep its owner from connecting
 * @param fromElsewhere counted apart, and by no session: else another site's page could use up what a person has, or see that it is
 *   used up, which tells that somebody is signed in
 */
export async function recordStart(
  authorizeUrl: URL,
  stateCookie: string | undefined,
  userId: string | null,
  address: string | null,
  fromElsewhere = false,
): Promise<RateLimitAnswer> {
  const state = authorizeUrl.searchParams.get("state");
  if (!state || !stateCookie) throw new Error("a start without state");
  const scopes = authorizeUrl.searchParams.get("scope")?.split(" ") ?? [];
  const limit = fromElsewhere ? "start_from_elsewhere" : "start";
  const who = fromElsewhere ? address : (address ?? (userId && (await sessionTokenHash())));
  const [taken] = await queryRows<{ allowed: boolean; retryAfterSeconds: number }>(Prisma.sql`
    WITH taken AS (${takeStatement(limit, who)}), recorded AS (
      INSERT INTO "AuthorizationRequest" ("stateHash", "cookieHash", "userId", "scopes", "expiresAt")
      SELECT ${hashOf(state)}, ${hashOf(stateCookie)}, ${userId}::uuid, ${scopes}, now() + make_interval(mins => ${startLastsMinutes}::int)
      FROM taken WHERE "allowed"
    )
    SELECT "allowed", "retryAfterSeconds" FROM taken`);
  return toAnswer(limit, taken);
}

export interface StartOptions {
  /** What one feature needs beside WEBFLOW_SCOPES: from the code of that feature, never from a request. */
  addScopes?: readonly WebflowScope[];
  /**
   * The page of this app that the person returns to; the dashboard unless told. Where a Webflow user joined their account on the way,
   * it is the account page, which says so.
   */
  returnTo?: `/${string}`;
  /** Whether another site's page led here. */
  fromElsewhere?: boolean;
}

/**
 * Starts the authorization-code flow: sets the state cookie and answers Webflow's authorize URL (RFC 6749 4.1.1), or, when
 * it cannot be started, the page that says why.
 */
export async function startConnect({
  addScopes = [],
  returnTo = "/dashboard",
  fromElsewhere,
}: StartOptions = {}): Promise<URL> {
  try {
    const userId = await currentUserId();
    const scope = [...new Set([...env().WEBFLOW_SCOPES, ...addScopes])].join(" ");
    const prepared = await prepareSignIn(scope, returnTo);
    const { authorizeUrl } = prepared;
    const state = prepared.cookies.find(({ name }) => name === authCookies().state.name);
    const address = clientAddress(await headers());
    const answer = await recordStart(authorizeUrl, state?.value, userId, address, fromElsewhere);
    if (!answer.allowed) return tooManyRequestsPage(answer.retryAfterSeconds);
    const jar = await cookies();
    for (const { name, value, options } of prepared.cookies) jar.set(name, value, options);
    return authorizeUrl;
  } catch (error) {
    log.error("start_failed", { error: errorName(error) });
    return errorPage("database_unavailable");
  }
}
