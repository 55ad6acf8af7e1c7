import "server-only";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { pruneLimits } from "@/lib/rate-limit";
import { keepDays } from "@/lib/retention";

/** How many rows one statement deletes: a moment's work, however many there are. */
const batch = 1_000;

/**
 * Deletes what has run out or was kept long enough, at most 1,000 rows of each kind, so that a sweep never holds the database
 * up; two at once never wait for each other (SKIP LOCKED). Never deletes a Grant whose token may live: neither one that is
 * pending, nor one that was ABANDONED. (`= ANY (ARRAY(…))`, because for `IN` PostgreSQL may read the whole table.)
 *
 * @returns how many rows; 0 when nothing is left to delete
 */
export async function prune(): Promise<number> {
  const past = Prisma.sql`now() - make_interval(days => ${keepDays}::int)`;
  const requests = await db().$executeRaw`
    DELETE FROM "AuthorizationRequest" WHERE "stateHash" = ANY (ARRAY(
      SELECT "stateHash" FROM "AuthorizationRequest" WHERE "expiresAt" < now() - interval '1 day'
      ORDER BY "expiresAt" LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
  const sessions = await db().$executeRaw`
    DELETE FROM "Session" WHERE "tokenHash" = ANY (ARRAY(
      SELECT "tokenHash" FROM "Session" WHERE "expires" < now() ORDER BY "expires" LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
  const grants = await db().$executeRaw`
    DELETE FROM "Grant" WHERE "id" = ANY (ARRAY(
      SELECT "id" FROM "Grant" WHERE "state" IN ('REVOKED', 'LOST') AND "endedAt" < ${past}
      ORDER BY "endedAt" LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
  // Ids grow with time: the oldest rows are the first of the primary key, and the table needs no index by time. Only what goes
  // is locked, because a lock is written: a sweep that finds nothing must write nothing.
  const activity = await db().$executeRaw`
    DELETE FROM "Activity" WHERE "id" = ANY (ARRAY(
      SELECT "id" FROM "Activity"
      WHERE "id" <= (SELECT max("id") FROM (SELECT "id" FROM "Activity" ORDER BY "id" LIMIT ${batch}) oldest) AND "at" < ${past}
      ORDER BY "id" LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
  // Longer than a sign-in may take.
  const revocations = await db().$executeRaw`
    DELETE FROM "RecentRevocation" WHERE "person" = ANY (ARRAY(
      SELECT "person" FROM "RecentRevocation" WHERE "at" < now() - interval '1 hour'
      ORDER BY "at" LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
  return requests + sessions + grants + activity + revocations + (await pruneLimits());
}
