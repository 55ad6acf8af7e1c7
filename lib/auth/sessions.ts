import "server-only";
import { db } from "@/lib/db";
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
  const { count } = await db().session.deleteMany({ where: { id: sessionId, userId } });
  return count > 0;
}

/** Signs this User out everywhere but here. Answers how many sessions ended. */
export async function endOtherSessions(userId: string, currentTokenHash: string): Promise<number> {
  const { count } = await db().session.deleteMany({
    where: { userId, tokenHash: { not: currentTokenHash } },
  });
  return count;
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
