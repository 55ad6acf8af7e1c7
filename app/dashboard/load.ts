import "server-only";
import { redirect } from "next/navigation";
import { signInPath } from "@/lib/auth/pages";
import { sessionTokenHash } from "@/lib/auth/session";
import { noteUse } from "@/lib/auth/session-life";
import { errorName, log } from "@/lib/log";

/**
 * What a page of somebody signed in shows; nobody is sent to sign in. Null when our database does not answer: a thrown error
 * would leave browsers without JavaScript with an empty page, because React shows error boundaries only on the client. Such a
 * page has status 200: Next lets a page choose no other, and who watches the database asks /api/ready.
 *
 * @param read answers null when this is nobody's session
 */
export async function load<T extends { sessionSeenStale: boolean }>(
  read: (tokenHash: string) => Promise<T | null>,
): Promise<T | null> {
  const tokenHash = await sessionTokenHash();
  let data: T | null;
  try {
    data = tokenHash ? await read(tokenHash) : null;
  } catch (error) {
    log.error("page_unavailable", { error: errorName(error) });
    return null;
  }
  if (!data || !tokenHash) redirect(signInPath(tokenHash));
  await noteUse(tokenHash, data);
  return data;
}
