import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/lib/content-security-policy";

/**
 * Gives every page a Content Security Policy with a fresh nonce, which Next puts on its own scripts. Who may see what is not
 * decided here but where the data is read: with this file removed, nothing opens.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = {
  matcher: "/((?!_next/static|_next/image|icon\\.svg$|favicon\\.ico$).*)",
};
