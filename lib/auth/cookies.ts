import "server-only";
import { env } from "@/lib/env";

/** Over https every cookie is bound to this host and path (`__Host-`, RFC 6265bis 4.1.3); browsers refuse that on http. */
function cookie(name: string, maxAge?: number) {
  const secure = env().AUTH_URL.startsWith("https:");
  const options = { httpOnly: true, sameSite: "lax" as const, path: "/", secure, maxAge };
  return { name: `${secure ? "__Host-" : ""}${name}`, options };
}

/** Names and options of NextAuth's cookies, for its configuration and for who reads the session. */
export function authCookies() {
  return {
    sessionToken: cookie("authjs.session-token"),
    callbackUrl: cookie("authjs.callback-url"),
    csrfToken: cookie("authjs.csrf-token"),
    state: cookie("authjs.state", 15 * 60),
  };
}

/** Says nothing and is gone at once: a browser that keeps pages for "Back" keeps none of them when an HttpOnly cookie changes. */
export function keptPagesCookie() {
  return cookie("kept-pages", 1);
}
