import "server-only";
import { NextRequest } from "next/server";
import { env } from "@/lib/env";
import { authCookies } from "./cookies";

/**
 * A request as NextAuth may see it: at the configured origin, whatever Host says, because NextAuth derives the redirect URI from
 * it; and without a return address that NextAuth would answer with a bare 500.
 *
 * @param query the one of the callback; no other route of NextAuth's needs one, and it would believe too much of it
 */
export function toOwnRequest(request: NextRequest, query = ""): NextRequest {
  const { AUTH_URL } = env();
  const own = new NextRequest(new URL(`${request.nextUrl.pathname}${query}`, AUTH_URL), request);
  const { name } = authCookies().callbackUrl;
  // Also where there seems to be none: one that cannot be decoded Next leaves out, but NextAuth would read it.
  if (!isAddress(own.cookies.get(name)?.value ?? "", AUTH_URL)) own.cookies.delete(name);
  return own;
}

/** What NextAuth takes for one, and of this origin. It resolves only what begins with a slash. */
function isAddress(value: string, origin: string): boolean {
  return URL.parse(value, value.startsWith("/") ? origin : undefined)?.origin === origin;
}
