import "server-only";
import { endOtherSessions } from "@/lib/auth/sessions";
import { db } from "@/lib/db";
import { requestDisconnectAll } from "@/lib/grants/disconnect";
import { revokeAll } from "@/lib/grants/revoke";
import { log } from "@/lib/log";

/**
 * Unlinks a Webflow user: it signs in as this User no more, what was connected with it is disconnected, and every other browser
 * is signed out, because nobody knows in which of them somebody came in by it. The Webflow user that the User was made with stays
 * as long as the User does: else a stolen session could lock its owner out, by linking a Webflow user and unlinking theirs.
 *
 * Once that is committed Webflow is asked to revoke, for at most five seconds; what it does not confirm is the sweep's.
 *
 * @param accountId a UUID, from `readAccount`
 * @param tokenHash the session that asks, which goes on
 * @returns false when this User has no such Webflow user, or was made with it
 * @throws what the database throws; then nothing has happened
 */
export async function unlinkWebflowUser(
  userId: string,
  accountId: string,
  tokenHash: string,
): Promise<boolean> {
  const revoking = await db().$transaction(async (tx) => {
    // Excludes every `activateGrant` by which this User could get a Webflow user, or this Webflow user a Grant or a session: the
    // same keys in the same order as there. Whoever was first is undone here, whoever comes later finds the session of this
    // User gone, or the Webflow user nobody's. Under the first lock no Account of this User comes or goes.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`user:${userId}`}, 0))`;
    const [account] = await tx.$queryRaw<{ webflowUserId: string }[]>`
      SELECT "providerAccountId" AS "webflowUserId" FROM "Account" a
      WHERE "id" = ${accountId}::uuid AND "userId" = ${userId}::uuid AND "provider" = 'webflow' AND EXISTS (
        SELECT FROM "Account" o WHERE o."userId" = a."userId" AND o."provider" = 'webflow'
          AND (o."createdAt", o."id") < (a."createdAt", a."id"))`;
    if (!account) return null;
    const { webflowUserId } = account;
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`webflow:${webflowUserId}`}, 0))`;

    // Grants before the Account, Sessions last: the order in which everybody locks them.
    const grants = await requestDisconnectAll(tx, userId, webflowUserId);
    // Its name is kept in this one line, so that a person can see whom they got rid of.
    await tx.$executeRaw`
      WITH unlinked AS (DELETE FROM "Account" WHERE "id" = ${accountId}::uuid RETURNING "providerAccountId", "name", "email")
      INSERT INTO "Activity" ("userId", "type", "detail")
      SELECT ${userId}::uuid, 'UNLINKED', jsonb_build_object('webflowUser',
        jsonb_build_object('id', "providerAccountId", 'name', "name", 'email', "email")) FROM unlinked`;
    await endOtherSessions(userId, tokenHash, tx);
    return grants;
  });
  if (!revoking) return false;
  log.info("webflow_user_unlinked", { userId, count: revoking.length });
  await revokeAll(revoking);
  return true;
}
