import "server-only";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";

/** A session that is not used for this long is over. */
export const idleDays = 7;
/** However much it is used, a session is over this long after the sign-in. */
export const absoluteDays = 30;

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

/** The sessions of this User that have not run out, the last used first. */
export function listSessions(userId: string, currentTokenHash: string): Promise<SessionView[]> {
  return db().$queryRaw<SessionView[]>`
    SELECT "id", "tokenHash" = ${currentTokenHash} AS "current", "userAgent", "createdAt", "lastSeenAt", "expires"
    FROM "Session" WHERE "userId" = ${userId}::uuid AND "expires" > now() ORDER BY "lastSeenAt" DESC, "id"`;
}

/**
 * Signs one session of this User out: whoever holds its token is nobody from now on.
 *
 * @param sessionId a UUID, from `listSessions`
 * @returns false when this User has no such session
 */
export async function endSession(userId: string, sessionId: string): Promise<boolean> {
  const ended = await endSessions(Prisma.sql`"id" = ${sessionId}::uuid AND "userId" = ${userId}::uuid`, {
    elsewhere: true,
  });
  return ended > 0;
}

/** Signs this User out everywhere but here. Answers how many sessions ended. */
export function endOtherSessions(userId: string, currentTokenHash: string): Promise<number> {
  return endSessions(Prisma.sql`"userId" = ${userId}::uuid AND "tokenHash" <> ${currentTokenHash}`, {
    elsewhere: true,
  });
}

/**
 * Ends the sessions that `which` selects, and writes down in the same statement that their User was signed out. One that had
 * run out goes without a word: it ended by itself. Answers how many were live.
 *
 * @param elsewhere whether somebody asks from another session than the ones that end
 */
export function endSessions(which: Prisma.Sql, { elsewhere }: { elsewhere: boolean }): Promise<number> {
  const detail = JSON.stringify(elsewhere ? { elsewhere } : {});
  return db().$executeRaw`
    WITH gone AS (DELETE FROM "Session" WHERE ${which} RETURNING "userId", "expires")
    INSERT INTO "Activity" ("userId", "type", "detail")
    SELECT "userId", 'SIGNED_OUT', ${detail}::jsonb FROM gone WHERE "expires" > now()`;
}

/**
 * Notes that a session is in use, which moves its end: at most `idleDays` from now, never past `absoluteDays` from the
 * sign-in. For after the response, when the last note is some minutes old. Never revives a session, never throws.
 */
export async function touchSession(tokenHash: string): Promise<void> {
  try {
    await db().$executeRaw`
      UPDATE "Session" SET "lastSeenAt" = now(), "expires" =
        least(now() + make_interval(days => ${idleDays}::int), "createdAt" + make_interval(days => ${absoluteDays}::int))
      WHERE "tokenHash" = ${tokenHash} AND "expires" > now()`;
  } catch (error) {
    log.warn("session_not_touched", { error: errorName(error) });
  }
}
