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
  return tokenHash && userIdOf(tokenHash);
}

/** The same for whoever holds this session, where there is no request to ask any more. */
export async function userIdOf(tokenHash: string): Promise<string | null> {
  const [session] = await queryRows<{ userId: string; sessionSeenStale: boolean }>(Prisma.sql`
    SELECT "userId", ${isSeenStale} AS "sessionSeenStale" FROM "Session" WHERE "tokenHash" = ${tokenHash} AND "expires" > now()`);
  if (!session) return null;
  await noteUse(tokenHash, session);
  return session.userId;
}
