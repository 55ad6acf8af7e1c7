import "server-only";
import { redirect } from "next/navigation";
import { cache } from "react";
import { signInPath } from "@/lib/auth/pages";
import { sessionTokenHash, userIdOf } from "@/lib/auth/session";
import { type CallResult, callWebflow } from "@/lib/grants/call-webflow";
import { errorName, log } from "@/lib/log";

/**
 * `callWebflow` for a page, as whoever is signed in. Webflow may take its time, so they are looked up before and after: once their
 * session is over nothing more is asked in its name, nothing that was answered is shown, and whoever waits is sent to sign in.
 */
export async function callWebflowSignedIn<T>(
  connectionId: string,
  work: Parameters<typeof callWebflow<T>>[2],
): Promise<CallResult<T>> {
  const userId = await readUserId();
  if (!userId) return { kind: "unavailable" };
  const result = await callWebflow(userId, connectionId, work);
  return (await readUserId()) ? result : { kind: "unavailable" };
}

/** Once for a page: whoever leaves before Webflow has answered takes the request along, and its cookies. */
const readTokenHash = cache(sessionTokenHash);

/** Null when our database does not answer. */
async function readUserId(): Promise<string | null> {
  const tokenHash = await readTokenHash();
  let userId: string | null;
  try {
    userId = tokenHash && (await userIdOf(tokenHash));
  } catch (error) {
    log.error("page_unavailable", { error: errorName(error) });
    return null;
  }
  if (!userId) redirect(signInPath(tokenHash));
  return userId;
}
