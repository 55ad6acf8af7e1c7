import type { NextRequest } from "next/server";
import { answerTooManyRequests, readRetryAfter } from "./refuse";

/** Where a server action, which cannot set a status, sends somebody who asks too often: 429, Retry-After and words. */
export function GET(request: NextRequest): Promise<Response> {
  return answerTooManyRequests(readRetryAfter(request.nextUrl));
}
