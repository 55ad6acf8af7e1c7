import "server-only";
import { db, inTransaction, type Query, queryRows } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { ConnectFailure } from "@/lib/webflow/errors";
import { hashOf } from "./session";
import { endOfUse, idleDays } from "./session-life";

/** A session as its owner sees it. Holds no token and no hash of one. */
export interface SessionView {
  id: string;
  /** The one that asks. */
  current: boolean;
  /** What the browser called itself at sign-in, at most 256 characters: show it as text, believe nothing of it. */
  userAgent: string | null;
  createdAt: Date;
  /** To within five minutes. */
  lastSeenAt: Date;
  /** When it ends if it is not used again. */
  expires: Date;
}

/** Where a User is signed in, however often that is. */
export interface SessionList {
  /** At most 50: the one that asks, then the last used. */
  sessions: SessionView[];
  /** How many there are in all. */
  sessionCount: number;
}

/** How many sessions a page lists: whoever steals one can make as many as they like. */
const mostListed = 50;

/** What a flow knows of the sessions before and after it. */
export interface SignIn {
  /** Who was signed in when it was started, and still was when it came back. */
  startedBy: string | null;
  /** The session that the browser came back with, if any: that of `startedBy`, if that is somebody. */
  sessionTokenHash: string | null;
  /** The token that the browser gets. */
  sessionToken: string;
  /** What the browser calls itself. */
  userAgent: string | null;
}

/**
 * Signs this User in, as a part of the transaction that connects them. Every sign-in gets a token of its own. Who was signed in
 * when they started keeps their session, whose token is replaced: it ends no later than it would have, and they have not
 * signed in now.
 *
 * @throws ConnectFailure `session_changed` when that session has ended meanwhile
 */
export async function beginSession(
  query: Query,
  userId: string,
  { startedBy, sessionTokenHash, sessionToken, userAgent }: SignIn,
): Promise<void> {
  const [tokenHash, calledItself] = [hashOf(sessionToken), userAgent?.slice(0, 256) ?? null];
  if (startedBy === null) {
    await query(Prisma.sql`
      WITH made AS (
        INSERT INTO "Session" ("tokenHash", "userId", "userAgent", "expires")
        VALUES (${tokenHash}, ${userId}::uuid, ${calledItself}, now() + make_interval(days => ${idleDays}::int)) RETURNING "userId"
      )
      INSERT INTO "Activity" ("userId", "type") SELECT "userId", 'SIGNED_IN' FROM made`);
    return;
  }
  // An UPDATE of the one row, so that ending the session and this exclude each other, whichever instance does which. Who comes
  // second waits for the row. Ended first: the row is gone, and nothing is signed in. Ended second: the DELETE looks at the new
  // version of the row, which has the same id and User, and whose `replacedTokenHash` is the token that it knows. A new row
  // would be none that it has seen: it would outlive the sign-out.
  const replaced = await query(Prisma.sql`
    UPDATE "Session" SET "tokenHash" = ${tokenHash}, "replacedTokenHash" = "tokenHash", "userAgent" = ${calledItself}, "lastSeenAt" = now(),
      "expires" = ${endOfUse}
    WHERE "tokenHash" = ${sessionTokenHash} AND "userId" = ${userId}::uuid AND "expires" > now()
    RETURNING "id"`);
  if (replaced.length === 0) throw new ConnectFailure("session_changed");
}

/**
 * Runs `work` as one transaction for whoever holds this session; null, and nothing happens, when it has been ended since they were let in.
 * Whatever ends sessions of a User from another one, unlinks or deletes runs so, one after the other: the first may have ended the second.
 *
 * @param work nothing but statements: it may be done twice, the first time undone
 */
export function whileSignedIn<T>(
  userId: string,
  tokenHash: string,
  work: (query: Query) => Promise<T>,
): Promise<T | null> {
  return inTransaction(async (query) => {
    await query(Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`user:${userId}`}, 0))`);
    // Its own sign-out takes no such lock. The lock of the row makes that wait (a DELETE does, a note of use does not), so that nothing
    // is done for a session after its end was answered.
    const asking = await query(Prisma.sql`
      SELECT 1 FROM "Session" WHERE "userId" = ${userId}::uuid AND ${isOf(tokenHash)} AND "expires" > now() FOR KEY SHARE`);
    return asking.length > 0 ? work(query) : null;
  });
}

/** The session of this token, also when a callback in another tab has replaced it since it was read. */
function isOf(tokenHash: string): Prisma.Sql {
  return Prisma.sql`("tokenHash" = ${tokenHash} OR "replacedTokenHash" = ${tokenHash})`;
}

/** Whether this token opens a session, or opened one until the last callback replaced it. */
export async function fateOf(tokenHash: string): Promise<"live" | "replaced" | "over"> {
  const [session] = await queryRows<{ isReplaced: boolean }>(Prisma.sql`
    SELECT "tokenHash" <> ${tokenHash} AS "isReplaced" FROM "Session" WHERE ${isOf(tokenHash)} AND "expires" > now()`);
  if (!session) return "over";
  return session.isReplaced ? "replaced" : "live";
}

/** The sessions of this User that have not run out. One SQL statement. */
export async function listSessions(userId: string, currentTokenHash: string): Promise<SessionList> {
  const rows = await db().$queryRaw<(SessionView & { count: number })[]>`
    SELECT "id", "tokenHash" = ${currentTokenHash} AS "current", "userAgent", "createdAt", "lastSeenAt", "expires",
      (count(*) OVER ())::int AS "count"
    FROM "Session" WHERE "userId" = ${userId}::uuid AND "expires" > now()
    ORDER BY "current" DESC, "lastSeenAt" DESC, "id" LIMIT ${mostListed}`;
  return { sessions: rows.map(({ count, ...session }) => session), sessionCount: rows[0]?.count ?? 0 };
}

/**
 * Signs one session of this User out: whoever holds its token is nobody from now on.
 *
 * @param sessionId a UUID, from `listSessions`
 * @param currentTokenHash the session that asks; one that was itself ended in the meantime ends no other
 * @returns false when this User has no such session
 */
export async function endSession(
  userId: string,
  sessionId: string,
  currentTokenHash: string,
): Promise<boolean> {
  const own = Prisma.sql`"id" = ${sessionId}::uuid AND "userId" = ${userId}::uuid`;
  const ended = await whileSignedIn(userId, currentTokenHash, (query) =>
    endSessions(own, { elsewhere: true, query }),
  );
  return ended !== null && ended > 0;
}

/** Signs this User out everywhere but here; nowhere, when the session that asks was itself ended in the meantime. Answers how many sessions ended. */
export async function endOtherSessions(userId: string, currentTokenHash: string): Promise<number> {
  const ended = await whileSignedIn(userId, currentTokenHash, (query) =>
    endOtherSessionsIn(query, userId, currentTokenHash),
  );
  return ended ?? 0;
}

/** The same as a part of what is done `whileSignedIn`. */
export function endOtherSessionsIn(query: Query, userId: string, currentTokenHash: string): Promise<number> {
  const others = Prisma.sql`"userId" = ${userId}::uuid AND ${isOf(currentTokenHash)} IS NOT TRUE`;
  return endSessions(others, { elsewhere: true, query });
}

/**
 * Signs the browser out that holds this token, or held it until the last callback, which it may not have heard of yet, replaced
 * it. A token that was replaced before that ends nothing. Twice is no error.
 */
export async function endOwnSession(tokenHash: string): Promise<void> {
  await endSessions(isOf(tokenHash), { elsewhere: false });
}

/**
 * Ends the sessions that `which` selects, and writes down in the same statement that their User was signed out. One that had
 * run out goes without a word: it ended by itself. Answers how many were live.
 *
 * @param elsewhere whether somebody asks from another session than the ones that end
 */
async function endSessions(
  which: Prisma.Sql,
  { elsewhere, query = queryRows }: { elsewhere: boolean; query?: Query },
): Promise<number> {
  const detail = JSON.stringify(elsewhere ? { elsewhere } : {});
  const told = await query(Prisma.sql`
    WITH gone AS (DELETE FROM "Session" WHERE ${which} RETURNING "userId", "expires")
    INSERT INTO "Activity" ("userId", "type", "detail")
    SELECT "userId", 'SIGNED_OUT', ${detail}::jsonb FROM gone WHERE "expires" > now() RETURNING 1`);
  return told.length;
}
