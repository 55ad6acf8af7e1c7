import "server-only";
import { cookies } from "next/headers";
import { authCookies } from "./cookies";
import { sessionTokenHash } from "./session";
import { endOwnSession, isLive } from "./sessions";

/** Signs this browser out: here whatever happens, and in the database. */
export async function signOutHere(): Promise<void> {
  const tokenHash = await sessionTokenHash();
  await forgetSession();
  if (tokenHash) await endOwnSession(tokenHash);
}

/** Signs this browser out if its session is over, and changes nothing if it is not. */
export async function forgetEndedSession(): Promise<void> {
  const tokenHash = await sessionTokenHash();
  if (tokenHash && !(await isLive(tokenHash))) await forgetSession();
}

/** Signs this browser out of a session that is gone from the database. */
export async function forgetSession(): Promise<void> {
  const { name, options } = authCookies().sessionToken;
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}
