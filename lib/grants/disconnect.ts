import "server-only";
import { db, type Query } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";

/**
 * Disconnect: commits REVOKING before anybody asks Webflow, so that from here on nobody can use the token.
 *
 * @returns false when this User has no such connection; asking twice is fine
 */
export async function requestDisconnect(userId: string, grantId: string): Promise<boolean> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    WITH ${disconnectWhere(Prisma.sql`"id" = ${grantId}::uuid AND "userId" = ${userId}::uuid`)}
    SELECT "id" FROM "Grant" WHERE "id" = ${grantId}::uuid AND "userId" = ${userId}::uuid AND "state" <> 'RECEIVED'`;
  return rows.length > 0;
}

/**
 * The live connection that has replaced this one of this User, or the one after it, and so on: what somebody means who disconnects
 * from a page that is older than that. Null when there is none.
 */
export async function liveSuccessorOf(userId: string, grantId: string): Promise<string | null> {
  const [successor] = await db().$queryRaw<{ id: string }[]>`
    WITH RECURSIVE later AS (
      SELECT "id", "state", "replacedById" FROM "Grant" WHERE "id" = ${grantId}::uuid AND "userId" = ${userId}::uuid
      UNION
      SELECT g."id", g."state", g."replacedById" FROM later JOIN "Grant" g ON g."id" = later."replacedById" AND g."userId" = ${userId}::uuid
    )
    SELECT "id" FROM later WHERE "state" = 'ACTIVE'`;
  return successor?.id ?? null;
}

/**
 * Disconnects everything that this User connected as these Webflow users, as a part of a larger transaction. Answers which Grants
 * are then to be revoked.
 */
export async function requestDisconnectAll(
  query: Query,
  userId: string,
  webflowUserIds: string[],
): Promise<string[]> {
  // Locked in the order of their ids, as everywhere, so that nobody waits in a circle.
  const owned = Prisma.sql`SELECT "id" FROM "Grant" WHERE "userId" = ${userId}::uuid AND "webflowUserId" = ANY (${webflowUserIds}) ORDER BY "id" FOR UPDATE`;
  const rows = await query<{ id: string }>(Prisma.sql`
    WITH ${disconnectWhere(Prisma.sql`"id" = ANY (ARRAY(${owned}))`)} SELECT "id" FROM disconnected`);
  return rows.map(({ id }) => id);
}

/** What makes the ACTIVE ones of these Grants REVOKING, with their lines of the activity. A check that is under way must not write any more. */
function disconnectWhere(which: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    disconnected AS (
      UPDATE "Grant" SET "state" = 'REVOKING', "revokeReason" = 'DISCONNECTED', "revokingAt" = now(), "nextAttemptAt" = now(),
        "leaseId" = NULL, "leaseUntil" = NULL
      WHERE "state" = 'ACTIVE' AND ${which} RETURNING "id", "userId"
    ), happened AS (
      INSERT INTO "Activity" ("userId", "grantId", "type") SELECT "userId", "id", 'DISCONNECTED' FROM disconnected
    )`;
}
