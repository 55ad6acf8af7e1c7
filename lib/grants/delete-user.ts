import "server-only";
import { inTransaction, type Query, queryRows } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { log } from "@/lib/log";
import { revokeAll } from "./revoke";

/**
 * Deletes a User and everything that is personal, at once. Their tokens outlive them until Webflow confirms that they are dead:
 * every Grant that is not proven dead goes to REVOKING without the User, stripped of all but the sealed token and the Webflow
 * user id, which tells whose other tokens a revocation may take along and goes with the token. ABANDONED ones are tried again.
 *
 * Once that is committed Webflow is asked, for at most five seconds; what it does not confirm is the sweep's. Deleting a
 * User who is gone already does nothing.
 *
 * @param transaction runs all of it, or answers null: for somebody who may have been signed out in the meantime
 * @returns whether the User is gone: also when somebody else, or a first click, was faster
 * @throws StatementError; then nothing has happened, unless it was the answer to COMMIT that was lost
 */
export async function deleteUser(
  userId: string,
  transaction: <T>(work: (query: Query) => Promise<T>) => Promise<T | null> = inTransaction,
): Promise<boolean> {
  const revoking = await transaction(async (query) => {
    // Excludes every `activateGrant` that would give this User a Grant: the ones that they started, and the ones of their
    // Webflow users. The same keys in the same order as there. Their Accounts cannot change between the two statements: a
    // new one is only ever made by a flow that this User started.
    await query(Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`user:${userId}`}, 0))`);
    await query(Prisma.sql`
      SELECT pg_advisory_xact_lock(hashtextextended('webflow:' || "providerAccountId", 0)) FROM "Account"
      WHERE "provider" = 'webflow' AND "userId" = ${userId}::uuid ORDER BY "providerAccountId"`);

    // A start that was not finished must not make a connection any more.
    await query(Prisma.sql`DELETE FROM "AuthorizationRequest" WHERE "userId" = ${userId}::uuid`);

    // Whoever else writes a Grant locks it before its User (by the foreign key of "Activity"): the Grants come first here
    // too, in the order of their ids, so that nobody waits in a circle. A check that is under way must not write any more; an
    // attempt to revoke may. When Webflow may be asked again it has said (Retry-After).
    const grants = await query<{ id: string }>(Prisma.sql`
      WITH owned AS (
        SELECT "id", "state" FROM "Grant" WHERE "userId" = ${userId}::uuid ORDER BY "id" FOR UPDATE
      ), dead AS (
        DELETE FROM "Grant" g USING owned WHERE g."id" = owned."id" AND owned."state" IN ('REVOKED', 'LOST')
      )
      UPDATE "Grant" g SET "userId" = NULL, "state" = 'REVOKING', "revokeReason" = 'ACCOUNT_DELETED', "revokingAt" = now(),
        "endedAt" = NULL, "attempts" = 0,
        "nextAttemptAt" = CASE owned."state" WHEN 'REVOKING' THEN g."nextAttemptAt" ELSE now() END,
        "leaseId" = CASE owned."state" WHEN 'REVOKING' THEN g."leaseId" END,
        "leaseUntil" = CASE owned."state" WHEN 'REVOKING' THEN g."leaseUntil" END,
        "authorizationId" = NULL, "requestedScopes" = '{}', "scopes" = '{}', "workspaceIds" = '{}', "siteIds" = '{}',
        "coverage" = '{}', "sites" = '[]', "replacedById" = NULL
      FROM owned WHERE g."id" = owned."id" AND owned."state" NOT IN ('REVOKED', 'LOST')
      RETURNING g."id"`);

    // Whoever signs in or out writes a Session before its User is locked, by the foreign key of "Activity": the same order here.
    await query(Prisma.sql`DELETE FROM "Session" WHERE "userId" = ${userId}::uuid`);
    // Accounts and Activity go with the User.
    await query(Prisma.sql`DELETE FROM "User" WHERE "id" = ${userId}::uuid`);
    return grants.map(({ id }) => id);
  });
  if (!revoking) return isGone(userId);
  log.info("user_deleted", { userId, count: revoking.length });
  await revokeAll(revoking);
  return true;
}

async function isGone(userId: string): Promise<boolean> {
  return (await queryRows(Prisma.sql`SELECT 1 FROM "User" WHERE "id" = ${userId}::uuid`)).length === 0;
}
