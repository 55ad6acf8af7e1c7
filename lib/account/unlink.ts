import "server-only";
import { endOtherSessionsIn, whileSignedIn } from "@/lib/auth/sessions";
import { Prisma } from "@/lib/generated/prisma/client";
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
 * @returns false when this User has no such Webflow user, or was made with it, or this session has ended
 * @throws StatementError; then nothing has happened, unless it was the answer to COMMIT that was lost
 */
export function unlinkWebflowUser(userId: string, accountId: string, tokenHash: string): Promise<boolean> {
  return unlinkWhere(Prisma.sql`"id" = ${accountId}::uuid`, userId, tokenHash);
}

/**
 * The same with every Webflow user but the one that the User was made with, at once: of several that a thief linked, each could
 * sign in and link again those that are unlinked one by one.
 *
 * @returns false when there was none, or this session has ended
 */
export function unlinkOtherWebflowUsers(userId: string, tokenHash: string): Promise<boolean> {
  return unlinkWhere(Prisma.sql`true`, userId, tokenHash);
}

async function unlinkWhere(which: Prisma.Sql, userId: string, tokenHash: string): Promise<boolean> {
  const revoking = await whileSignedIn(userId, tokenHash, async (query) => {
    // The lock of `whileSignedIn` and the one below exclude every `activateGrant` by which this User could get a Webflow user, or these
    // Webflow users a Grant or a session: the same keys in the same order as there. Whoever was first is undone here, whoever comes
    // later finds the session of this User gone, or the Webflow user nobody's. Under the first lock no Account of this User comes or goes.
    const accounts = await query<{ id: string; webflowUserId: string }>(Prisma.sql`
      SELECT "id", "providerAccountId" AS "webflowUserId" FROM "Account" a
      WHERE ${which} AND "userId" = ${userId}::uuid AND "provider" = 'webflow' AND EXISTS (
        SELECT FROM "Account" o WHERE o."userId" = a."userId" AND o."provider" = 'webflow'
          AND (o."createdAt", o."id") < (a."createdAt", a."id"))`);
    if (accounts.length === 0) return null;
    const webflowUserIds = accounts.map(({ webflowUserId }) => webflowUserId);
    await query(Prisma.sql`
      SELECT pg_advisory_xact_lock(hashtextextended('webflow:' || "id", 0)) FROM unnest(${webflowUserIds}::text[]) "id" ORDER BY "id"`);

    // Grants before the Accounts, Sessions last: the order in which everybody locks them.
    const grants = await requestDisconnectAll(query, userId, webflowUserIds);
    // The name is kept in this one line, so that a person can see whom they got rid of.
    await query(Prisma.sql`
      WITH unlinked AS (
        DELETE FROM "Account" WHERE "id" = ANY (${accounts.map(({ id }) => id)}::uuid[]) RETURNING "providerAccountId", "name", "email"
      )
      INSERT INTO "Activity" ("userId", "type", "detail")
      SELECT ${userId}::uuid, 'UNLINKED', jsonb_build_object('webflowUser',
        jsonb_build_object('id', "providerAccountId", 'name', "name", 'email', "email")) FROM unlinked`);
    await endOtherSessionsIn(query, userId, tokenHash);
    return grants;
  });
  if (!revoking) return false;
  log.info("webflow_user_unlinked", { userId, count: revoking.length });
  await revokeAll(revoking);
  return true;
}
