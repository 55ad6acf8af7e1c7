import "server-only";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { afterResponse } from "@/lib/request-id";

/** A session that is not used for this long is over. */
export const idleDays = 7;
/** However much it is used, a session is over this long after the sign-in. */
export const absoluteDays = 30;
/** Until when a session lasts that is in use now. */
export const endOfUse = Prisma.sql`least(now() + make_interval(days => ${idleDays}::int), "createdAt" + make_interval(days => ${absoluteDays}::int))`;

/**
 * To be called wherever a session lets somebody in, so that its owner sees by "Last seen" whatever it was used for. Notes it after the
 * response, when the last note is some minutes old.
 */
export async function noteUse(
  tokenHash: string,
  { sessionSeenStale }: { sessionSeenStale: boolean },
): Promise<void> {
  if (sessionSeenStale) await afterResponse(() => touchSession(tokenHash));
}

/**
 * Notes that a session is in use, which moves its end: at most `idleDays` from now, never past `absoluteDays` from the sign-in. Never
 * revives a session, never throws.
 */
export async function touchSession(tokenHash: string): Promise<void> {
  try {
    await db().$executeRaw`
      UPDATE "Session" SET "lastSeenAt" = now(), "expires" = ${endOfUse}
      WHERE "tokenHash" = ${tokenHash} AND "expires" > now()`;
  } catch (error) {
    log.warn("session_not_touched", { error: errorName(error) });
  }
}
