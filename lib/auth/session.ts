import "server-only";
import { createHash } from "node:crypto";
import { cookies } from "next/headers";
import { queryRows } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { isSeenStale } from "@/lib/stale";
import { authCookies } from "./cookies";
import { noteUse } from "./session-life";

/** What is stored of a session token or a `state`: its SHA-256, hex. Whoever reads the database can use neither. */
export function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

/** The hash of the session token that the browser sent, or null when it sent none. Proves nothing until it is looked up. */
export async function sessionTokenHash(): Promise<string | null> {
  const token = (await cookies()).get(authCookies().sessionToken.name)?.value;
  return token ? hashOf(token) : null;
}

/** The id of the User who is signed in, or null. One SQL statement; the database's clock decides, as everywhere. */
export async function currentUserId(): Promise<string | null> {
  const tokenHash = await sessionTokenHash();
  const session = tokenHash && (await readSession(tokenHash));
  if (!session) return null;
  await noteUse(tokenHash, session);
  return session.userId;
}

/**
 * The same of a session that has let somebody in already, for what goes on after that. Such a look is no use of it, and may come when
 * there is no request any more.
 */
export async function userIdOf(tokenHash: string): Promise<string | null> {
  return (await readSession(tokenHash))?.userId ?? null;
}

async function readSession(
  tokenHash: string,
): Promise<{ userId: string; sessionSeenStale: boolean } | undefined> {
  const [session] = await queryRows<{ userId: string; sessionSeenStale: boolean }>(Prisma.sql`
    SELECT "userId", ${isSeenStale} AS "sessionSeenStale" FROM "Session" WHERE "tokenHash" = ${tokenHash} AND "expires" > now()`);
  return session;
}
