import "server-only";
import { cookies } from "next/headers";
import { authCookies } from "./cookies";
import { sessionTokenHash } from "./session";
import { endOwnSession } from "./sessions";

/** Signs this browser out: here whatever happens, and in the database. */
export async function signOutHere(): Promise<void> {
  const { name, options } = authCookies().sessionToken;
  const tokenHash = await sessionTokenHash();
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
  if (tokenHash) await endOwnSession(tokenHash);
}
