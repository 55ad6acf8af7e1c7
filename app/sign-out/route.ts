import { answerInWords } from "@/app/answer-in-words";
import { sendTo } from "@/lib/auth/pages";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { signOutHere } from "@/lib/auth/sign-out";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";

/**
 * Ends this session, in the database and in the browser. The connections stay. The browser leaves the page for it, whose document
 * holds what it was made of: a server action would put the next page into the same document.
 */
export async function POST(request: Request): Promise<Response> {
  try {
    if (isSameOrigin(request.headers)) await signOutHere();
    return sendTo(new URL("/", env().AUTH_URL));
  } catch (error) {
    log.error("action_failed", { error: errorName(error) });
    return answerInWords(503, "not_signed_out", { again: "/dashboard/account" });
  }
}
