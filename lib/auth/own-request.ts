import "server-only";
import { NextRequest } from "next/server";
import { env } from "@/lib/env";
import { authCookies } from "./cookies";

/**
 * A request as NextAuth may see it: at the configured origin, whatever Host says, because NextAuth derives the redirect URI from
 * it; and with no cookie but its own four, each as the rest of this app reads it. Left to itself NextAuth takes every cookie
 * whose name begins like the session's for a part of it, of two with one name the other one, and answers a return address that is
 * none with a bare 500.
 *
 * @param query the one of the callback; no other route of NextAuth's needs one, and it would believe too much of it
 */
export function toOwnRequest(request: NextRequest, query = ""): NextRequest {
  const { AUTH_URL } = env();
  const own = new NextRequest(new URL(`${request.nextUrl.pathname}${query}`, AUTH_URL), request);
  const { callbackUrl, ...others } = authCookies();
  const address = request.cookies.get(callbackUrl.name);
  const known = Object.values(others).flatMap(({ name }) => request.cookies.get(name) ?? []);
  const kept = address && isAddress(address.value, AUTH_URL) ? [...known, address] : known;
  own.headers.set("cookie", toCookieHeader(kept));
  return own;
}

/** What a browser that has these cookies sends. */
export function toCookieHeader(cookies: readonly { name: string; value: string }[]): string {
  return cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join("; ");
}

/** What NextAuth takes for one, and of this origin, which `blob:` has too. It resolves only what begins with a slash. */
function isAddress(value: string, origin: string): boolean {
  const url = URL.parse(value, value.startsWith("/") ? origin : undefined);
  return url?.origin === origin && /^https?:$/.test(url.protocol);
}
