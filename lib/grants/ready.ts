import "server-only";
import { db } from "@/lib/db";
import { errorName, log } from "@/lib/log";
import { openToken } from "./vault";

/**
 * Whether this instance can do its work: the database answers, and the newest sealed token opens with TOKEN_KEYS. A wrong
 * key is so noticed before anything is sealed with it.
 */
export async function isReady(): Promise<boolean> {
  try {
    const [newest] = await db().$queryRaw<{ id: string; sealedToken: string }[]>`
      SELECT "id", "sealedToken" FROM "Grant" WHERE "state" = 'ACTIVE' ORDER BY "state", "nextAttemptAt" DESC LIMIT 1`;
    if (newest) openToken(newest.id, newest.sealedToken);
    return true;
  } catch (error) {
    log.error("not_ready", { error: errorName(error) });
    return false;
  }
}
