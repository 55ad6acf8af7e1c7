import "server-only";
import { db } from "@/lib/db";
import { Prisma, type RevokeReason } from "@/lib/generated/prisma/client";

/**
 * Gives up a Grant that no User ever got: from RECEIVED to REVOKING. Does nothing when it has left RECEIVED already.
 *
 * @param webflowUserId whose token it is, if that is known: their other Grants are then checked after the revocation
 */
export async function refuseGrant(grantId: string, webflowUserId: string | null): Promise<void> {
  await giveUpReceived(Prisma.sql`"id" = ${grantId}::uuid`, "REFUSED", webflowUserId, 1);
}

/** Gives up at most so many of the Grants that nobody claimed in time. Answers how many. */
export function giveUpUnclaimed(limit: number): Promise<number> {
  return giveUpReceived(Prisma.sql`"nextAttemptAt" <= now()`, "UNCLAIMED", null, limit);
}

async function giveUpReceived(
  which: Prisma.Sql,
  reason: Extract<RevokeReason, "REFUSED" | "UNCLAIMED">,
  webflowUserId: string | null,
  limit: number,
): Promise<number> {
  // Locked first; one that a sign-in is claiming, or that somebody else gives up, this very moment is passed over.
  // Should Webflow have issued a token again that an ACTIVE Grant holds, only the row goes: revoking would kill both.
  const unclaimed = await db().$queryRaw<{ id: string }[]>`
    WITH unclaimed AS MATERIALIZED (
      SELECT "id", EXISTS (SELECT FROM "Grant" o WHERE o."fingerprint" = g."fingerprint" AND o."state" = 'ACTIVE') AS "shared"
      FROM "Grant" g WHERE "state" = 'RECEIVED' AND ${which} LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM "Grant" g USING unclaimed u WHERE g."id" = u."id" AND u."shared"
    ), revoking AS (
      UPDATE "Grant" g SET "state" = 'REVOKING', "revokeReason" = ${reason}::"RevokeReason", "webflowUserId" = ${webflowUserId},
        "revokingAt" = now(), "nextAttemptAt" = now()
      FROM unclaimed u WHERE g."id" = u."id" AND NOT u."shared"
    )
    SELECT "id" FROM unclaimed`;
  return unclaimed.length;
}
