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
  const address = own.cookies.get(name)?.value;
  if (address !== undefined && URL.parse(address, AUTH_URL)?.origin !== AUTH_URL) own.cookies.delete(name);
  return own;
}
