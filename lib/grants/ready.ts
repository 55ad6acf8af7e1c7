import "server-only";
import { db } from "@/lib/db";
import { errorName, log } from "@/lib/log";
import { openToken } from "./vault";

/**
 * Whether this instance can do its work: the database answers, and for every key that a sealed token names, the newest one
 * opens with TOKEN_KEYS. A wrong key, or one that was dropped while in use, is so noticed before anything is sealed.
 */
export async function isReady(): Promise<boolean> {
  try {
    const newest = await db().$queryRaw<{ id: string; sealedToken: string }[]>`
      SELECT DISTINCT ON (split_part("sealedToken", '.', 2)) "id", "sealedToken" FROM "Grant"
      WHERE "sealedToken" IS NOT NULL ORDER BY split_part("sealedToken", '.', 2), "receivedAt" DESC`;
    for (const { id, sealedToken } of newest) openToken(id, sealedToken);
    return true;
  } catch (error) {
    log.error("not_ready", { error: errorName(error) });
    return false;
  }
}
