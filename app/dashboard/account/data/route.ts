import { readPersonalData } from "@/lib/account/personal-data";
import { sendTo, signInPath, tooManyRequestsPage } from "@/lib/auth/pages";
import { currentUserId, sessionTokenHash, userIdOf } from "@/lib/auth/session";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";
import { takeFromLimit } from "@/lib/rate-limit";
import { comesFromElsewhere } from "@/lib/visit";

/** Characters that are read before anything is sent: nearly everybody's data, which is then sent whole, or not at all. */
const readBeforehand = 1_000_000;

/**
 * Everything stored about whoever asks, as a file; nobody is sent to sign in, and who must wait to the page that says so. No other
 * web page can set off the download: it would see by its own going on that somebody is signed in here.
 */
export async function GET(request: Request): Promise<Response> {
  const accountPage = new URL("/dashboard/account", env().AUTH_URL);
  if (comesFromElsewhere(request)) return sendTo(accountPage);
  try {
    const tokenHash = await sessionTokenHash();
    const userId = await currentUserId();
    if (!tokenHash || !userId) return sendTo(new URL(signInPath(tokenHash), env().AUTH_URL));
    const limit = await takeFromLimit("download", tokenHash);
    if (!limit.allowed) return sendTo(tooManyRequestsPage(limit.retryAfterSeconds));

    const pieces = readPersonalData(userId);
    let text = "";
    let isWhole = false;
    while (!isWhole && text.length < readBeforehand) {
      const { done, value } = await pieces.next();
      if (done) isWhole = true;
      else text += value;
    }
    // Asked again: meanwhile the account may have been deleted, or this session ended, in another browser.
    const isStillIn = async () => (await userIdOf(tokenHash)) === userId;
    if (text === "" || !(await isStillIn())) return sendTo(new URL(signInPath(tokenHash), env().AUTH_URL));
    return new Response(isWhole ? text : toStream(text, pieces, isStillIn), {
      headers: {
        "cache-control": "private, no-store",
        "content-type": "application/json; charset=utf-8",
        "content-disposition": 'attachment; filename="my-data.json"',
      },
    });
  } catch (error) {
    log.error("personal_data_unavailable", { error: errorName(error) });
    return sendTo(accountPage);
  }
}

/** Reads on as fast as the browser takes it. Breaks off, which fails the download, once the session is over or something cannot be read. */
function toStream(
  beginning: string,
  pieces: AsyncGenerator<string>,
  isStillIn: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(beginning)),
    pull: async (controller) => {
      try {
        const { done, value } = await pieces.next();
        if (done) return controller.close();
        if (!(await isStillIn())) throw new Error("signed out meanwhile");
        controller.enqueue(encoder.encode(value));
      } catch (error) {
        log.warn("personal_data_broken_off", { error: errorName(error) });
        // By this name Next knows that the connection is to end, and tells of no error of its own.
        controller.error(new DOMException("broken off", "AbortError"));
      }
    },
    cancel: async () => void (await pieces.return(undefined)),
  });
}

export const dynamic = "force-dynamic";
