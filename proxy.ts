import { type NextRequest, NextResponse } from "next/server";
import { answerInWords } from "@/app/answer-in-words";
import { contentSecurityPolicy } from "@/lib/content-security-policy";
import { env } from "@/lib/env";
import { randomText } from "@/lib/random-text";
import { isLookAtPage, refusalOf } from "@/lib/request-guard";
import { requestIdHeader } from "@/lib/request-id";
import { answerLook } from "@/lib/visit";

/**
 * Gives every request an id for its log lines, and every page a Content Security Policy with a fresh nonce, which Next puts on
 * its own scripts; refuses what Next would stumble over, and answers nothing to another site's page that only looks. Who may see
 * what is not decided here but where the data is read: with this file removed, nothing opens.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const policy = contentSecurityPolicy(randomText(18, "base64url"));
  const requestId = randomText(8, "hex");
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set(requestIdHeader, requestId);
  // Next compares it with Origin before an action runs. Which origin is ours the configuration says, and refusalOf has looked.
  headers.set("x-forwarded-host", new URL(env().AUTH_URL).host);
  // Next copies it onto a request of its own, which then fails: where an action of another page runs, and where one leads on.
  headers.delete("upgrade");
  const refusal = await refusalOf(request);
  const answer = refusal
    ? await answerInWords(refusal.status, refusal.code, {
        again: new URL("/", env().AUTH_URL),
        headers: refusal.headers,
        id: requestId,
      })
    : isLookAtPage(request) && answerLook(request);
  const response = answer || NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set(requestIdHeader, requestId);
  return response;
}

export const config = {
  matcher: "/((?!_next/static/|icon\\.svg$|favicon\\.ico$).*)",
};
