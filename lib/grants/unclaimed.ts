import "server-only";
import { db } from "@/lib/db";
import { Prisma, type RevokeReason } from "@/lib/generated/prisma/client";

/**
 * Gives up a Grant that no User ever got: from RECEIVED to REVOKING. Does nothing when it has left RECEIVED already.
 *
 * @param webflowUserId whose token it is, if that is known: their other Grants are then checked after the revocation
 */
export async function refuseGrant(grantId: string, webflowUserId: string | null): Promise<void> {
  await giveUpReceived(Prisma.sql`g."id" = ${grantId}::uuid`, "REFUSED", webflowUserId);
}

/** Gives up the Grants that nobody claimed in time. Answers how many. */
export function giveUpUnclaimed(): Promise<number> {
  return giveUpReceived(Prisma.sql`g."nextAttemptAt" <= now()`, "UNCLAIMED", null);
}

async function giveUpReceived(
  which: Prisma.Sql,
  reason: Extract<RevokeReason, "REFUSED" | "UNCLAIMED">,
  webflowUserId: string | null,
): Promise<number> {
  // Should Webflow have issued a token again that an ACTIVE Grant holds, only the row goes: revoking would kill both.
  return db().$executeRaw`
    WITH shared AS (
      DELETE FROM "Grant" g WHERE g."state" = 'RECEIVED' AND ${which} AND EXISTS
        (SELECT FROM "Grant" o WHERE o."fingerprint" = g."fingerprint" AND o."state" = 'ACTIVE') RETURNING g."id"
    )
    UPDATE "Grant" g SET "state" = 'REVOKING', "revokeReason" = ${reason}::"RevokeReason", "webflowUserId" = ${webflowUserId},
      "revokingAt" = now(), "nextAttemptAt" = now()
    WHERE g."state" = 'RECEIVED' AND ${which} AND g."id" NOT IN (SELECT "id" FROM shared)`;
}
