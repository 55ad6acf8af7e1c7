import "server-only";
import { randomUUID } from "node:crypto";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { revokeAuthorization } from "@/lib/webflow/revocation";
import { type Attempted, confirmDead, postpone, putBack } from "./revocation-outcome";
import { openToken } from "./vault";

/** How long Webflow has for one attempt, and a person waits for it inside a request; after that the sweep goes on. */
const deadlineMs = 5_000;
/**
 * From the claim on. The answer to the claim takes at most 10 s (lib/db.ts), an attempt 5 s: Webflow is never asked by two at
 * once, and a worker that died is succeeded soon.
 */
const leaseSeconds = 30;
const minPauseSeconds = 30;
const maxPauseSeconds = 6 * 60 * 60;
/** After a fault of our own (credentials, keys), which trying harder does not mend. */
const faultPauseSeconds = 15 * 60;
/** How many Grants one person waits for at most; what is beyond is left to the sweep. */
const inlineLimit = 10;

type Claimed = Attempted & { sealedToken: string };

/**
 * Asks Webflow now to revoke one REVOKING Grant, unless somebody else is asking already. Never throws: whatever goes wrong,
 * the Grant stays REVOKING and the sweep goes on.
 */
export async function revokeNow(grantId: string): Promise<void> {
  await revokeAll([grantId]);
}

/** Like `revokeNow`, for several at once. */
export async function revokeAll(grantIds: string[]): Promise<void> {
  await attemptInline(Prisma.sql`"id" = ANY (${grantIds}::uuid[])`);
}

/** Like `revokeNow`, for the older Grants that this one has replaced. */
export async function revokeReplaced(grantId: string): Promise<void> {
  await attemptInline(Prisma.sql`"replacedById" = ${grantId}::uuid`);
}

async function attemptInline(which: Prisma.Sql): Promise<void> {
  try {
    await attemptRevocations(which, inlineLimit);
  } catch (error) {
    log.warn("revocation_postponed", { error: errorName(error) });
  }
}

/** Asks Webflow about up to `limit` REVOKING Grants whose time has come. Answers how many were asked about. */
export function revokeDue(limit: number): Promise<number> {
  return attemptRevocations(Prisma.sql`"nextAttemptAt" <= now()`, limit);
}

async function attemptRevocations(which: Prisma.Sql, limit: number): Promise<number> {
  const leaseId = randomUUID();
  // SKIP LOCKED: a row that another worker is claiming this very moment is passed over. The lease keeps it claimed after the
  // commit, so that no transaction is held over HTTP; a worker that dies loses it by time.
  const claimed = await db().$queryRaw<Claimed[]>`
    UPDATE "Grant" g SET "leaseId" = ${leaseId}::uuid, "leaseUntil" = now() + make_interval(secs => ${leaseSeconds}::int)
    FROM (
      SELECT "id" FROM "Grant"
      WHERE "state" = 'REVOKING' AND ("leaseUntil" IS NULL OR "leaseUntil" < now()) AND ${which}
      ORDER BY "nextAttemptAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) due
    WHERE g."id" = due."id"
    RETURNING g."id", g."sealedToken", g."fingerprint", g."webflowUserId", g."attempts"`;
  const outcomes = await Promise.allSettled(claimed.map((grant) => attemptRevocation(grant, leaseId)));
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") log.warn("revocation_postponed", { error: errorName(outcome.reason) });
  }
  return claimed.length;
}

async function attemptRevocation(grant: Claimed, leaseId: string): Promise<void> {
  const fields = { grantId: grant.id, fingerprint: grant.fingerprint, attempt: grant.attempts + 1 };
  let token: string;
  try {
    token = openToken(grant.id, grant.sealedToken);
  } catch (error) {
    log.error("sealed_token_unreadable", { ...fields, error: errorName(error) });
    return putBack(grant, leaseId, faultPauseSeconds);
  }
  const revocation = await revokeAuthorization(token, { deadlineMs, maxBytes: 64 * 1024 });
  if (revocation.kind === "dead") {
    log.info("revoked", fields);
    return confirmDead(grant, leaseId);
  }
  // Wrong credentials are our fault and say nothing about the token: somebody must be told, and no attempt is burnt.
  const ours = revocation.reason === "invalid_client";
  log[ours ? "error" : "warn"]("revocation_pending", { ...fields, code: revocation.reason });
  if (ours) return putBack(grant, leaseId, faultPauseSeconds);
  return postpone(grant, leaseId, pauseSeconds(grant.attempts, revocation.retryAfterSeconds));
}

/** Seconds until the next attempt: what Webflow asked for, else full jitter that grows from 30 s to 6 h. */
function pauseSeconds(attempts: number, retryAfterSeconds: number | null): number {
  const longest = Math.min(maxPauseSeconds, minPauseSeconds * 2 ** Math.min(attempts + 1, 20));
  const jittered = minPauseSeconds + Math.random() * (longest - minPauseSeconds);
  return Math.round(Math.min(Math.max(retryAfterSeconds ?? jittered, minPauseSeconds), maxPauseSeconds));
}
