import "server-only";
import { db } from "@/lib/db";
import { Prisma, type RevokeReason } from "@/lib/generated/prisma/client";

/**
 * Gives up a Grant that no User ever got: from RECEIVED to REVOKING. Does nothing when it has left RECEIVED already.
 *
 * @param webflowUserId whose token it is, if that is known: their other Grants are then checked after the revocation
 */
export async function refuseGrant(grantId: string, webflowUserId: string | null): Promise<void> {
  await giveUpReceived(
    Prisma.sql`"id" = ${grantId}::uuid AND "state" = 'RECEIVED'`,
    "REFUSED",
    webflowUserId,
    1,
  );
}

/** Gives up at most so many of the Grants that nobody claimed in time. Answers how many. */
export function giveUpUnclaimed(limit: number): Promise<number> {
  // In the words of their index, which holds nothing else, however much is on its way out.
  const isUnclaimed = Prisma.sql`CASE "state" WHEN 'RECEIVED' THEN true ELSE false END`;
  return giveUpReceived(Prisma.sql`${isUnclaimed} AND "nextAttemptAt" <= now()`, "UNCLAIMED", null, limit);
}

/** @param which of the RECEIVED ones */
async function giveUpReceived(
  which: Prisma.Sql,
  reason: Extract<RevokeReason, "REFUSED" | "UNCLAIMED">,
  webflowUserId: string | null,
  limit: number,
): Promise<number> {
  // Locked first; one that a sign-in is claiming, or that somebody else gives up, this very moment is passed over.
  // The limit stands in the text, because PostgreSQL would otherwise plan for many.
  // Should Webflow have issued a token again that an ACTIVE Grant holds, only the row goes: revoking would kill both.
  const unclaimed = await db().$queryRaw<{ id: string }[]>`
    WITH locked AS MATERIALIZED (
      SELECT "id", "fingerprint" FROM "Grant" WHERE ${which}
      ORDER BY "nextAttemptAt" LIMIT ${Prisma.raw(`${limit}`)} FOR UPDATE SKIP LOCKED
    ), unclaimed AS MATERIALIZED (
      SELECT "id", EXISTS (SELECT FROM "Grant" o WHERE o."fingerprint" = l."fingerprint" AND o."state" = 'ACTIVE') AS "shared"
      FROM locked l
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
