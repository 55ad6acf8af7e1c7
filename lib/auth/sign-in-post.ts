import "server-only";
import { type NextRequest, NextResponse } from "next/server";
import { clientAddress } from "@/lib/client-address";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";
import { handlers } from "./config";
import { authCookies } from "./cookies";
import { toOwnRequest } from "./own-request";
import { errorPage } from "./pages";
import { isSameOrigin } from "./same-origin";
import { currentUserId } from "./session";
import { recordStart } from "./start";

/**
 * NextAuth's own POST routes (sign in, sign out), for clients that use next-auth/react. They must come from a page of this
 * app; the query string is dropped, because NextAuth would merge it into the authorize URL (scope, redirect_uri, …).
 */
export async function handleSignInPost(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request.headers)) return Response.json({ error: "cross_origin" }, { status: 403 });
  const response = await handlers.POST(toOwnRequest(request));
  const authorizeUrl = await redirectOf(response);
  if (!authorizeUrl?.startsWith(`${env().WEBFLOW_OAUTH_URL}/oauth/authorize?`)) return response;
  try {
    const address = clientAddress(request.headers);
    const { cookies } = new NextResponse(null, { headers: response.headers });
    const state = cookies.get(authCookies().state.name);
    const answer = await recordStart(new URL(authorizeUrl), state?.value, await currentUserId(), address);
    if (answer.allowed) return response;
    return Response.json(
      { error: "too_many_requests", url: errorPage("too_many_requests").href },
      { status: 429, headers: { "retry-after": `${answer.retryAfterSeconds}` } },
    );
  } catch (error) {
    log.error("start_failed", { error: errorName(error) });
    const url = errorPage("database_unavailable");
    return request.headers.has("x-auth-return-redirect")
      ? Response.json({ url: url.href })
      : NextResponse.redirect(url, 302);
  }
}

/** Where NextAuth sends the browser: by header, or in the JSON that next-auth/react asks for. */
async function redirectOf(response: Response): Promise<string | null> {
  const location = response.headers.get("location");
  if (location || !response.headers.get("content-type")?.includes("json")) return location;
  const body: unknown = await response.clone().json();
  return typeof body === "object" && body && "url" in body && typeof body.url === "string" ? body.url : null;
}
