import "server-only";
import { errorName, log } from "@/lib/log";
import { checkUnbelieved } from "./check";
import { areCredentialsRefused } from "./credentials";
import { prune } from "./prune";
import { revokeDue } from "./revoke";
import { giveUpUnclaimed } from "./unclaimed";

/** How much one statement takes on. Two lanes of ten are twenty calls at once: one that hangs holds up its own lane only. */
const batch = 10;
const lanes = 2;
/** After this a sweep begins nothing new; what it has begun ends within ten seconds more. */
const budgetMs = 20_000;

/** What one sweep did. */
export interface SweepResult {
  /** Grants that nobody claimed in time, now to be revoked. */
  unclaimed: number;
  /** Revocations that Webflow was asked about. */
  attempted: number;
  /** Connections that a revocation may have taken along, and that Webflow was asked about. */
  checked: number;
  /** Rows that had run out, or were kept long enough. */
  pruned: number;
  /** The time ran out before the work did: sweep again. */
  more: boolean;
  /** Webflow refuses WEBFLOW_CLIENT_ID or WEBFLOW_CLIENT_SECRET: until they are mended no revocation gets through. */
  credentialsRefused: boolean;
}

/**
 * Finishes what is pending: unclaimed Grants go to REVOKING, due revocations are attempted, and what they may have taken
 * along is checked. Idempotent, and safe to run many times at once; ends after about 20 seconds, however much is left.
 */
export async function sweep(): Promise<SweepResult> {
  const startedAt = performance.now();
  const hasTime = () => performance.now() - startedAt < budgetMs;

  /** Repeats what takes on a few at a time until it finds nothing, or Webflow asks for a pause, or the time is over. */
  async function drain(work: () => Promise<{ done: number; rateLimited?: boolean }>) {
    for (let count = 0; ; ) {
      const { done, rateLimited } = await work();
      count += done;
      if (done === 0 || rateLimited) return { count, more: false };
      if (!hasTime()) return { count, more: true };
    }
  }

  const unclaimed = await drain(async () => ({ done: await giveUpUnclaimed(batch) }));
  const revoked = await Promise.all(Array.from({ length: lanes }, () => drain(() => revokeDue(batch))));
  const checked = await drain(async () => ({ done: await checkUnbelieved() }));
  const pruned = await drain(async () => ({ done: await prune() }));
  const attempted = revoked.reduce((sum, { count }) => sum + count, 0);
  log.info("sweep", {
    count: unclaimed.count + attempted + checked.count,
    durationMs: Math.round(performance.now() - startedAt),
  });
  return {
    unclaimed: unclaimed.count,
    attempted,
    checked: checked.count,
    pruned: pruned.count,
    more: [unclaimed, ...revoked, checked, pruned].some(({ more }) => more),
    credentialsRefused: await areCredentialsRefused(),
  };
}

/**
 * One step of a sweep, for after a page: gives up one unclaimed Grant and attempts one due revocation, whosever they are, so
 * that visits finish what is pending where no scheduler comes by often. Never throws.
 */
export async function sweepOne(): Promise<void> {
  try {
    await giveUpUnclaimed(1);
    await revokeDue(1);
  } catch (error) {
    log.warn("sweep_postponed", { error: errorName(error) });
  }
}
