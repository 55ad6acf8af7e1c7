import "server-only";
import { cookies, headers } from "next/headers";
import { NextRequest, NextResponse } from "next/server";
import { z } from "zod";
import { clientAddress } from "@/lib/client-address";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";
import { type RateLimitAnswer, takeStatement, toAnswer } from "@/lib/rate-limit";
import type { WebflowScope } from "@/lib/webflow/scopes";
import { handlers } from "./config";
import { toCookieHeader } from "./own-request";
import { errorPage, tooManyRequestsPage } from "./pages";
import { currentUserId, hashOf } from "./session";

/** How long a person may take at Webflow. NextAuth's state cookie lasts as long. */
const startLastsMinutes = 15;

/**
 * Remembers one start of the flow by its `state`, so that the callback can be used once, in time, and only by whoever was
 * signed in (or not) when it was started. Counts it in the same statement, and remembers nothing of one too many.
 *
 * @param address of the browser, from `clientAddress`
 */
export async function recordStart(
  authorizeUrl: URL,
  userId: string | null,
  address: string | null,
): Promise<RateLimitAnswer> {
  const state = authorizeUrl.searchParams.get("state");
  if (!state) throw new Error("an authorize URL without state");
  const scopes = authorizeUrl.searchParams.get("scope")?.split(" ") ?? [];
  const [taken] = await db().$queryRaw<{ allowed: boolean; retryAfterSeconds: number }[]>`
    WITH taken AS (${takeStatement("start", address ?? userId)}), recorded AS (
      INSERT INTO "AuthorizationRequest" ("stateHash", "userId", "scopes", "expiresAt")
      SELECT ${hashOf(state)}, ${userId}::uuid, ${scopes}, now() + make_interval(mins => ${startLastsMinutes}::int)
      FROM taken WHERE "allowed"
    )
    SELECT "allowed", "retryAfterSeconds" FROM taken`;
  return toAnswer("start", taken);
}

export interface StartOptions {
  /** What one feature needs beside WEBFLOW_SCOPES: from the code of that feature, never from a request. */
  addScopes?: readonly WebflowScope[];
  /** The page of this app that the person returns to; the dashboard unless told. */
  returnTo?: `/${string}`;
}

/**
 * Starts the authorization-code flow: sets the state cookie and answers Webflow's authorize URL (RFC 6749 4.1.1), or, when
 * it cannot be started, the page that says why.
 */
export async function startConnect({
  addScopes = [],
  returnTo = "/dashboard",
}: StartOptions = {}): Promise<URL> {
  try {
    const userId = await currentUserId();
    const scope = [...new Set([...env().WEBFLOW_SCOPES, ...addScopes])].join(" ");
    const { authorizeUrl, setCookies } = await prepareStart(scope, returnTo);
    const answer = await recordStart(authorizeUrl, userId, clientAddress(await headers()));
    if (!answer.allowed) return tooManyRequestsPage(answer.retryAfterSeconds);
    await setCookies();
    return authorizeUrl;
  } catch (error) {
    log.error("start_failed", { error: errorName(error) });
    return errorPage("database_unavailable");
  }
}

/**
 * Has NextAuth make `state` and the authorize URL, over its own routes. Its function for server actions would read whatever
 * cookies the browser sent, and set its own at once: one start too many would break the one that is under way in another tab.
 */
async function prepareStart(scope: string, callbackUrl: string) {
  const at = (path: string) => new URL(`/api/auth/${path}`, env().AUTH_URL);
  const csrf = await handlers.GET(new NextRequest(at("csrf")));
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await csrf.json());
  const response = await handlers.POST(
    new NextRequest(at(`signin/webflow?${new URLSearchParams({ scope })}`), {
      method: "POST",
      headers: { cookie: toCookieHeader(cookiesOf(csrf)) },
      body: new URLSearchParams({ csrfToken, callbackUrl }),
    }),
  );
  return {
    authorizeUrl: new URL(response.headers.get("location") ?? "", env().AUTH_URL),
    setCookies: async () => {
      const jar = await cookies();
      for (const cookie of cookiesOf(response)) jar.set(cookie);
    },
  };
}

/** What a response sets. */
function cookiesOf({ headers }: Response) {
  return new NextResponse(null, { headers }).cookies.getAll();
}
