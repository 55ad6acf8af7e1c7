import "server-only";
import { redirect } from "next/navigation";
import { tooManyRequestsPage } from "@/lib/auth/pages";
import { sessionTokenHash } from "@/lib/auth/session";
import { type RateLimitName, takeFromLimit } from "@/lib/rate-limit";
import { answerInWords } from "../answer-in-words";

/**
 * In a server action: sends whoever does this too often to a page that says so. Counts this session, not its User: whoever stole
 * one could otherwise keep its owner from taking anything back.
 */
export async function refuseTooOften(name: RateLimitName): Promise<void> {
  const answer = await takeFromLimit(name, await sessionTokenHash());
  if (!answer.allowed) redirect(tooManyRequestsPage(answer.retryAfterSeconds).href);
}

/** 429 (RFC 6585 4) in words. */
export function answerTooManyRequests(retryAfterSeconds: number): Promise<Response> {
  return answerInWords(429, "too_many_requests", {
    again: "/dashboard",
    headers: { "retry-after": `${retryAfterSeconds}` },
  });
}

/** What `tooManyRequestsPage` wrote into its URL; a minute when somebody else wrote it. */
export function readRetryAfter(url: URL): number {
  const [, seconds] = /^([1-9]\d{0,3})$/.exec(url.searchParams.get("seconds") ?? "") ?? [];
  return Number(seconds ?? 60);
}
