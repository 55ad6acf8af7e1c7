import "server-only";
import { randomUUID } from "node:crypto";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { readOwner } from "@/lib/webflow/authorization";
import { type PendingReason, revokeAuthorization } from "@/lib/webflow/revocation";
import {
  credentialsName,
  noteCredentialsAccepted,
  noteCredentialsRefused,
  probePauseSeconds,
} from "./credentials";
import { type Attempted, confirmDead, postpone, putBack } from "./revocation-outcome";
import { tryToOpenToken } from "./vault";

/** How long Webflow has for one attempt, and a person waits for it inside a request; after that the sweep goes on. */
const deadlineMs = 5_000;
/** And before it, where nobody claimed the token, to say whose it is. */
const ownerDeadlineMs = 2_000;
const maxBytes = 64 * 1024;
/**
 * From the claim on. The answer to the claim takes at most 10 s (lib/db.ts), an attempt 7 s: Webflow is never asked by two at
 * once, and a worker that died is succeeded soon. Who comes too late all the same, because its process was frozen, does not ask.
 */
const leaseSeconds = 30;
const minPauseSeconds = 30;
const maxPauseSeconds = 6 * 60 * 60;
/** After a fault of our own (credentials, keys), which trying harder does not mend. */
const faultPauseSeconds = 15 * 60;
/** How many Grants one person waits for at most; what is beyond is left to the sweep. */
const inlineLimit = 10;

interface Attempts {
  done: number;
  rateLimited: boolean;
}

/** The Grant may be somebody else's by now, and what Webflow says of the person's other tokens may be believed. */
class LeaseOver extends Error {
  override readonly name = "LeaseOver";
}

interface Claimed extends Attempted {
  sealedToken: string;
  /** By the clock of this process: what is asked later may be answered after the lease. */
  askBefore: number;
  /** Webflow refused our credentials, and this attempt finds out whether it still does. */
  probing: boolean;
}

/**
 * Asks Webflow now to revoke one REVOKING Grant, unless somebody else is asking already, or Webflow was asked before and the
 * time to ask again has not come. Never throws: whatever goes wrong, the Grant stays REVOKING and the sweep goes on.
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

/**
 * Asks Webflow about up to `limit` REVOKING Grants whose time has come.
 *
 * @returns how many were asked about, and whether Webflow answered one of them 429: then it is better to ask no more for now
 */
export function revokeDue(limit: number): Promise<Attempts> {
  return attemptRevocations(Prisma.sql`true`, limit);
}

async function attemptRevocations(which: Prisma.Sql, limit: number): Promise<Attempts> {
  const leaseId = randomUUID();
  // Times are stored in milliseconds, rounded: what was made due just now may be due in half of one.
  // SKIP LOCKED: a row that another worker is claiming this very moment is passed over. The lease keeps it claimed after the
  // commit, so that no transaction is held over HTTP; a worker that dies loses it by time.
  // While Webflow refuses our credentials nothing is claimed, but one row by whoever moves `probeAt` on: of many workers one
  // does, because the others wait for its row lock and then find the time moved. It is only moved when there is a row to try.
  const askBefore = latestQuestion();
  const claimed = await db().$queryRaw<Omit<Claimed, "askBefore">[]>`
    WITH due AS MATERIALIZED (
      SELECT "id" FROM "Grant"
      WHERE "state" = 'REVOKING' AND "nextAttemptAt" < now() + interval '1 millisecond'
        AND ("leaseUntil" IS NULL OR "leaseUntil" < now()) AND ${which}
      ORDER BY "nextAttemptAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ), refusal AS (
      SELECT FROM "CredentialsRefusal" WHERE "credentials" = ${credentialsName()}
    ), probe AS (
      UPDATE "CredentialsRefusal" SET "probeAt" = now() + make_interval(secs => ${probePauseSeconds}::int)
      WHERE "credentials" = ${credentialsName()} AND "probeAt" <= now() AND EXISTS (SELECT FROM due) RETURNING 1
    )
    UPDATE "Grant" g SET "leaseId" = ${leaseId}::uuid, "leaseUntil" = now() + make_interval(secs => ${leaseSeconds}::int)
    FROM due
    WHERE g."id" = due."id" AND (NOT EXISTS (SELECT FROM refusal)
      OR EXISTS (SELECT FROM probe) AND due."id" = (SELECT "id" FROM due LIMIT 1))
    RETURNING g."id", g."sealedToken", g."fingerprint", g."webflowUserId", g."attempts",
      EXISTS (SELECT FROM refusal) AS "probing"`;
  const outcomes = await Promise.allSettled(
    claimed.map((grant) => attemptRevocation({ ...grant, askBefore }, leaseId)),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") log.warn("revocation_postponed", { error: errorName(outcome.reason) });
  }
  const rateLimited = outcomes.some(
    (outcome) => outcome.status === "fulfilled" && outcome.value === "rate_limited",
  );
  return { done: claimed.length, rateLimited };
}

/** A lease that begins now or later: until when Webflow may be asked, so that it answers before the end. The clock also counts a freeze. */
function latestQuestion(): number {
  return Date.now() + leaseSeconds * 1_000 - deadlineMs;
}

/**
 * Of a token that nobody claimed it is not known whose other tokens its end may take along. That is asked and committed first,
 * so that nobody believes those from before the moment when Webflow may act (doubt.ts); the lease begins anew with it. Where
 * Webflow does not say, the token dies all the same.
 */
async function learnOwner(grant: Claimed, leaseId: string, token: string): Promise<Claimed> {
  const webflowUserId = await readOwner(token, { deadlineMs: ownerDeadlineMs, maxBytes });
  if (webflowUserId === null) return grant;
  const askBefore = latestQuestion();
  const held = await db().$executeRaw`
    UPDATE "Grant" SET "webflowUserId" = ${webflowUserId}, "leaseUntil" = now() + make_interval(secs => ${leaseSeconds}::int)
    WHERE "id" = ${grant.id}::uuid AND "leaseId" = ${leaseId}::uuid`;
  if (held === 0) throw new LeaseOver("somebody else has the lease");
  return { ...grant, webflowUserId, askBefore };
}

/**
 * Answers `dead`, or why it is not known to be.
 *
 * @throws LeaseOver; then Webflow was not asked
 */
async function attemptRevocation(
  claimed: Claimed,
  leaseId: string,
): Promise<"dead" | "unreadable" | PendingReason> {
  const fields = { grantId: claimed.id, fingerprint: claimed.fingerprint, attempt: claimed.attempts + 1 };
  const token = tryToOpenToken(claimed.id, claimed.sealedToken);
  if (token === null) {
    await putBack(claimed, leaseId, faultPauseSeconds);
    return "unreadable";
  }
  const grant = claimed.webflowUserId === null ? await learnOwner(claimed, leaseId, token) : claimed;
  if (Date.now() > grant.askBefore) throw new LeaseOver("too late to ask");
  const revocation = await revokeAuthorization(token, { deadlineMs, maxBytes });
  const outcome = revocation.kind === "dead" ? "dead" : revocation.reason;
  if (revocation.kind === "dead") log.info("revoked", fields);
  else log.warn("revocation_pending", { ...fields, code: outcome });

  if (revocation.kind === "dead") await confirmDead(grant, leaseId);
  else if (revocation.reason === "invalid_client") {
    // Wrong credentials are our fault and say nothing about the token: no attempt is burnt.
    await noteCredentialsRefused(probePauseSeconds);
    await putBack(grant, leaseId, faultPauseSeconds);
  } else await postpone(grant, leaseId, pauseSeconds(grant.attempts, revocation.retryAfterSeconds));
  if (grant.probing && (outcome === "dead" || outcome === "refused")) await noteCredentialsAccepted();
  return outcome;
}

/**
 * Seconds until the next attempt: full jitter that grows from 30 s to 6 h; never before Webflow's Retry-After, after which
 * the jitter keeps those who were told the same from coming back together.
 */
function pauseSeconds(attempts: number, retryAfterSeconds: number | null): number {
  const longest = Math.min(maxPauseSeconds, minPauseSeconds * 2 ** Math.min(attempts + 1, 20));
  const jittered = minPauseSeconds + Math.random() * (longest - minPauseSeconds);
  const asked = retryAfterSeconds === null ? 0 : retryAfterSeconds + Math.random() * minPauseSeconds;
  return Math.round(Math.min(Math.max(jittered, asked), maxPauseSeconds));
}
