import { answerInWords } from "@/app/answer-in-words";
import { sendTo } from "@/lib/auth/pages";
import { forgetEndedSession } from "@/lib/auth/sign-out";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";
import { answerLook, isVisit } from "@/lib/visit";

/**
 * On the way to sign in, for whoever holds a session that is over: only a route can take its cookie away. A browser that keeps pages for
 * "Back" shows none of them any more once that has changed. Next's router, which asks by a script, is told nothing: it then has the
 * browser itself go here. A live session stays, so that nobody's link signs anybody out.
 */
export async function GET(request: Request): Promise<Response> {
  if (!isVisit(request)) return answerLook(request);
  try {
    await forgetEndedSession();
    // Whatever was found: a way back to where somebody was sent from could go round and round.
    return sendTo(new URL("/sign-in", env().AUTH_URL));
  } catch (error) {
    log.error("page_unavailable", { error: errorName(error) });
    return answerInWords(503, "not_done", { again: "/dashboard" });
  }
}
