import "server-only";
import { db } from "@/lib/db";

/**
 * Disconnect: commits REVOKING before anybody asks Webflow, so that from here on nobody can use the token.
 *
 * @returns false when this User has no such connection; asking twice is fine
 */
export async function requestDisconnect(userId: string, grantId: string): Promise<boolean> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    WITH disconnected AS (
      UPDATE "Grant" SET "state" = 'REVOKING', "revokeReason" = 'DISCONNECTED', "revokingAt" = now(), "nextAttemptAt" = now(),
        "leaseId" = NULL, "leaseUntil" = NULL
      WHERE "id" = ${grantId}::uuid AND "userId" = ${userId}::uuid AND "state" = 'ACTIVE' RETURNING "id"
    ), happened AS (
      INSERT INTO "Activity" ("userId", "grantId", "type") SELECT ${userId}::uuid, "id", 'DISCONNECTED' FROM disconnected
    )
    SELECT "id" FROM "Grant" WHERE "id" = ${grantId}::uuid AND "userId" = ${userId}::uuid AND "state" <> 'RECEIVED'`;
  return rows.length > 0;
}
