import "server-only";
import { randomUUID } from "node:crypto";
import { cookies } from "next/headers";
import { authCookies, keptPagesCookie } from "./cookies";
import { sessionTokenHash } from "./session";
import { endOwnSession, fateOf } from "./sessions";

/** Signs this browser out: here whatever happens, and in the database. */
export async function signOutHere(): Promise<void> {
  const tokenHash = await sessionTokenHash();
  await forgetSession();
  if (tokenHash) await endOwnSession(tokenHash);
}

/**
 * Signs this browser out if its session is over, and changes nothing if it is not. A token that the last callback replaced stays: the
 * browser may have been told of the new one meanwhile, and would lose that. Where it never was, what it keeps for "Back" has to go all the same.
 */
export async function forgetEndedSession(): Promise<void> {
  const tokenHash = await sessionTokenHash();
  const fate = tokenHash && (await fateOf(tokenHash));
  if (fate === "over") await forgetSession();
  if (fate === "replaced") await dropKeptPages();
}

async function dropKeptPages(): Promise<void> {
  const { name, options } = keptPagesCookie();
  (await cookies()).set(name, randomUUID(), options);
}

/** Signs this browser out of a session that is gone from the database. */
export async function forgetSession(): Promise<void> {
  const { name, options } = authCookies().sessionToken;
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}
