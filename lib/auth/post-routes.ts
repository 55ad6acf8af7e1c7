import "server-only";
import { type NextRequest, NextResponse } from "next/server";
import { clientAddress } from "@/lib/client-address";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";
import type { ConnectError } from "@/lib/webflow/errors";
import { handlers } from "./config";
import { authCookies } from "./cookies";
import { toOwnRequest } from "./own-request";
import { errorPage } from "./pages";
import { isSameOrigin } from "./same-origin";
import { currentUserId, sessionTokenHash } from "./session";
import { endOwnSession } from "./sessions";
import { recordStart } from "./start";

/**
 * NextAuth's own POST routes (sign in, sign out), for clients that use next-auth/react. They must come from a page of this
 * app; the query string is dropped, because NextAuth would merge it into the authorize URL (scope, redirect_uri, …).
 */
export async function handleNextAuthPost(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request.headers)) return Response.json({ error: "cross_origin" }, { status: 403 });
  const response = await handlers.POST(toOwnRequest(request));
  const isSignOut = request.nextUrl.pathname.endsWith("/signout");
  if (isSignOut && (await isSignedOutInVain(response)))
    return sendToError(request, "not_signed_out", response);
  const authorizeUrl = await redirectOf(response);
  if (!authorizeUrl?.startsWith(`${env().WEBFLOW_OAUTH_URL}/oauth/authorize?`)) return response;
  try {
    const address = clientAddress(request.headers);
    const state = cookieOf(response, authCookies().state.name);
    const answer = await recordStart(new URL(authorizeUrl), state, await currentUserId(), address);
    if (answer.allowed) return response;
    return Response.json(
      { error: "too_many_requests", url: errorPage("too_many_requests").href },
      { status: 429, headers: { "retry-after": `${answer.retryAfterSeconds}` } },
    );
  } catch (error) {
    log.error("start_failed", { error: errorName(error) });
    return sendToError(request, "database_unavailable");
  }
}

/** @param instead an answer whose cookies are set all the same */
function sendToError(request: NextRequest, code: ConnectError, instead?: Response): Response {
  const url = errorPage(code);
  const answer = request.headers.has("x-auth-return-redirect")
    ? NextResponse.json({ url: url.href })
    : NextResponse.redirect(url, 302);
  for (const cookie of instead?.headers.getSetCookie() ?? []) answer.headers.append("set-cookie", cookie);
  return answer;
}

/** NextAuth clears the cookie also when the session could not be ended, and tells nobody but its log. So it is ended once more: twice is no error. */
async function isSignedOutInVain(response: Response): Promise<boolean> {
  if (cookieOf(response, authCookies().sessionToken.name) !== "") return false;
  try {
    const tokenHash = await sessionTokenHash();
    if (tokenHash) await endOwnSession(tokenHash);
    return false;
  } catch (error) {
    log.error("action_failed", { error: errorName(error) });
    return true;
  }
}

/** Where NextAuth sends the browser: by header, or in the JSON that next-auth/react asks for. */
async function redirectOf(response: Response): Promise<string | null> {
  const location = response.headers.get("location");
  if (location || !response.headers.get("content-type")?.includes("json")) return location;
  const body: unknown = await response.clone().json();
  return typeof body === "object" && body && "url" in body && typeof body.url === "string" ? body.url : null;
}

/** What an answer sets this cookie to, as it is written there: Next's own reader throws where another of them holds a `%` that encodes nothing. */
function cookieOf({ headers }: Response, name: string): string | undefined {
  const line = headers.getSetCookie().find((one) => one.startsWith(`${name}=`));
  return line?.slice(name.length + 1).split(";")[0];
}
