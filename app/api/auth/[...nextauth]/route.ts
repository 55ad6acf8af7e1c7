import type { NextRequest } from "next/server";
import { answerInWords } from "@/app/answer-in-words";
import { answerTooManyRequests } from "@/app/too-many-requests/refuse";
import { handleCallback, sendTo } from "@/lib/auth/callback";
import { handlers } from "@/lib/auth/config";
import { toOwnRequest } from "@/lib/auth/own-request";
import { errorPage } from "@/lib/auth/pages";
import { handleSignInPost } from "@/lib/auth/sign-in-post";
import { clientAddress } from "@/lib/client-address";
import { takeFromLimit } from "@/lib/rate-limit";
import { answerLook, isVisit } from "@/lib/visit";

const callbackPath = "/api/auth/callback/webflow";

export async function GET(request: NextRequest): Promise<Response> {
  if (request.nextUrl.pathname !== callbackPath) {
    const answer = await handlers.GET(toOwnRequest(request));
    // A copy: the headers of some of NextAuth's redirects cannot be changed.
    const response = new Response(answer.body, answer);
    // They set cookies; NextAuth says of some only that nobody may keep them.
    response.headers.set("cache-control", "private, no-store");
    return response;
  }
  if (!isVisit(request)) return answerLook();
  const outcome = await handleCallback(request);
  if ("response" in outcome) return outcome.response;
  const limit = await takeFromLimit("failed_callback", clientAddress(request.headers));
  if (!limit.allowed) return answerTooManyRequests(limit.retryAfterSeconds);
  return outcome.failure === "malformed_callback"
    ? answerInWords(400, outcome.failure, { again: "/install" })
    : sendTo(errorPage(outcome.failure));
}

export function POST(request: NextRequest): Promise<Response> {
  return handleSignInPost(request);
}

/** Seconds that Vercel lets a callback run. Its calls to Webflow take 30 at most; cut off, it might lose a fresh token. */
export const maxDuration = 60;
