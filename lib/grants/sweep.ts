import "server-only";
import { db } from "@/lib/db";
import { log } from "@/lib/log";
import { pruneLimits } from "@/lib/rate-limit";
import { revokeDue } from "./revoke";
import { giveUpUnclaimed } from "./unclaimed";

const batch = 10;
const budgetMs = 20_000;

/** What one sweep did. */
export interface SweepResult {
  /** Grants that nobody claimed in time, now to be revoked. */
  unclaimed: number;
  /** Revocations that Webflow was asked about. */
  attempted: number;
  /** Sessions, starts of the flow and counters of limits that had run out. */
  pruned: number;
}

/**
 * Finishes what is pending: unclaimed Grants go to REVOKING, due revocations are attempted. Idempotent, and safe to run many
 * times at once; ends after about 20 seconds, however much is left.
 */
export async function sweep(): Promise<SweepResult> {
  const startedAt = Date.now();
  const unclaimed = await giveUpUnclaimed();
  let attempted = 0;
  for (let asked = batch; asked === batch && Date.now() - startedAt < budgetMs; ) {
    asked = await revokeDue(batch);
    attempted += asked;
  }
  const pruned = await prune();
  const result = { unclaimed, attempted, pruned };
  log.info("sweep", { count: unclaimed + attempted, durationMs: Date.now() - startedAt });
  return result;
}

/** Deletes rows that have run out, a bounded number at a time, so that a sweep never holds the database up. */
async function prune(): Promise<number> {
  const requests = await db().$executeRaw`
    DELETE FROM "AuthorizationRequest" WHERE "stateHash" IN
      (SELECT "stateHash" FROM "AuthorizationRequest" WHERE "expiresAt" < now() - interval '1 day' LIMIT 1000)`;
  const sessions = await db().$executeRaw`
    DELETE FROM "Session" WHERE "tokenHash" IN (SELECT "tokenHash" FROM "Session" WHERE "expires" < now() LIMIT 1000)`;
  return requests + sessions + (await pruneLimits());
}
