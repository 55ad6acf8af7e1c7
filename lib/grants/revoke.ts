import "server-only";
import { randomUUID } from "node:crypto";
import { db } from "@/lib/db";
import { Prisma, type RevokeReason } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { type Revocation, revokeAuthorization } from "@/lib/webflow/revocation";
import { openToken } from "./vault";

/** How long a person waits for Webflow inside a request; after that the sweep goes on. */
const inlineDeadlineMs = 5_000;
/** A lease outlives the two calls that one attempt makes, so that two workers never ask Webflow at once. */
const leaseSeconds = 30;
const minPauseSeconds = 30;
const maxPauseSeconds = 6 * 60 * 60;
/** After a fault of our own (credentials, keys), which trying harder does not mend. */
const faultPauseSeconds = 15 * 60;
const abandonAfterDays = 30;
/** 30 days without a sweep are no 30 days of trying. */
const abandonAfterAttempts = 20;

interface Claimed {
  id: string;
  sealedToken: string;
  fingerprint: string;
  attempts: number;
}

/**
 * Disconnect: commits REVOKING before anybody asks Webflow, so that from here on nobody can use the token.
 *
 * @returns false when this User has no such connection; asking twice is fine
 */
export async function requestDisconnect(userId: string, grantId: string): Promise<boolean> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    WITH disconnected AS (
      UPDATE "Grant" SET "state" = 'REVOKING', "revokeReason" = 'DISCONNECTED', "revokingAt" = now(), "nextAttemptAt" = now(),
        "leaseId" = NULL, "leaseUntil" = NULL
      WHERE "id" = ${grantId}::uuid AND "userId" = ${userId}::uuid AND "state" = 'ACTIVE' RETURNING "id"
    ), happened AS (
      INSERT INTO "Activity" ("userId", "grantId", "type") SELECT ${userId}::uuid, "id", 'DISCONNECTED' FROM disconnected
    )
    SELECT "id" FROM "Grant" WHERE "id" = ${grantId}::uuid AND "userId" = ${userId}::uuid AND "state" <> 'RECEIVED'`;
  return rows.length > 0;
}

/**
 * Gives up a Grant that no User ever got: from RECEIVED to REVOKING. Does nothing when it has left RECEIVED already.
 *
 * @param webflowUserId whose token it is, if that is known: their other Grants are then checked after the revocation
 */
export async function refuseGrant(grantId: string, webflowUserId: string | null): Promise<void> {
  await giveUpReceived(Prisma.sql`g."id" = ${grantId}::uuid`, "REFUSED", webflowUserId);
}

/** Gives up the Grants that nobody claimed in time. Answers how many. */
export function giveUpUnclaimed(): Promise<number> {
  return giveUpReceived(Prisma.sql`g."nextAttemptAt" <= now()`, "UNCLAIMED", null);
}

async function giveUpReceived(
  which: Prisma.Sql,
  reason: Extract<RevokeReason, "REFUSED" | "UNCLAIMED">,
  webflowUserId: string | null,
): Promise<number> {
  // Should Webflow have issued a token again that an ACTIVE Grant holds, only the row goes: revoking would kill both.
  return db().$executeRaw`
    WITH shared AS (
      DELETE FROM "Grant" g WHERE g."state" = 'RECEIVED' AND ${which} AND EXISTS
        (SELECT FROM "Grant" o WHERE o."fingerprint" = g."fingerprint" AND o."state" = 'ACTIVE') RETURNING g."id"
    )
    UPDATE "Grant" g SET "state" = 'REVOKING', "revokeReason" = ${reason}::"RevokeReason", "webflowUserId" = ${webflowUserId},
      "revokingAt" = now(), "nextAttemptAt" = now()
    WHERE g."state" = 'RECEIVED' AND ${which} AND g."id" NOT IN (SELECT "id" FROM shared)`;
}

/**
 * Asks Webflow now to revoke one REVOKING Grant, unless somebody else is asking already. Never throws: whatever goes wrong,
 * the Grant stays REVOKING and the sweep goes on.
 */
export async function revokeNow(grantId: string): Promise<void> {
  try {
    await attemptRevocations(Prisma.sql`"id" = ${grantId}::uuid`, 1);
  } catch (error) {
    log.warn("revocation_postponed", { grantId, error: errorName(error) });
  }
}

/** Like `revokeNow`, for the older Grants that this one has replaced. */
export async function revokeReplaced(grantId: string): Promise<void> {
  try {
    await attemptRevocations(Prisma.sql`"replacedById" = ${grantId}::uuid`, 10);
  } catch (error) {
    log.warn("revocation_postponed", { grantId, error: errorName(error) });
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
    RETURNING g."id", g."sealedToken", g."fingerprint", g."attempts"`;
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
    return postpone(grant, leaseId, { seconds: faultPauseSeconds, counts: false });
  }
  const revocation = await revokeAuthorization(token, { deadlineMs: inlineDeadlineMs, maxBytes: 64 * 1024 });
  if (revocation.kind === "dead") {
    log.info("revoked", fields);
    return confirmDead(grant, leaseId);
  }
  // Wrong credentials are our fault and say nothing about the token: somebody must be told, and no attempt is burnt.
  const ours = revocation.reason === "invalid_client";
  log[ours ? "error" : "warn"]("revocation_pending", { ...fields, code: revocation.reason });
  await postpone(
    grant,
    leaseId,
    ours
      ? { seconds: faultPauseSeconds, counts: false }
      : { seconds: pauseSeconds(grant.attempts, revocation), counts: true },
  );
}

/** Seconds until the next attempt: what Webflow asked for, else full jitter that grows from 30 s to 6 h. */
function pauseSeconds(attempts: number, { retryAfterSeconds }: Revocation & { kind: "pending" }): number {
  const longest = Math.min(maxPauseSeconds, minPauseSeconds * 2 ** Math.min(attempts + 1, 20));
  const jittered = minPauseSeconds + Math.random() * (longest - minPauseSeconds);
  return Math.round(Math.min(Math.max(retryAfterSeconds ?? jittered, minPauseSeconds), maxPauseSeconds));
}

/** Proven dead: REVOKED, and the sealed token is wiped. Fenced: only who still holds the lease may write. */
async function confirmDead({ id }: Claimed, leaseId: string): Promise<void> {
  // Whether a revocation takes other tokens of the same person along is not known, so the next look at those is due now, and a
  // check that is under way, perhaps answered before, may not write. A row that is locked is passed over (no deadlock with a
  // sign-in, which is replacing it).
  await db().$executeRaw`
    WITH revoked AS (
      UPDATE "Grant" SET "state" = 'REVOKED', "sealedToken" = NULL, "endedAt" = now(), "leaseId" = NULL, "leaseUntil" = NULL,
        "attempts" = "attempts" + 1
      WHERE "id" = ${id}::uuid AND "state" = 'REVOKING' AND "leaseId" = ${leaseId}::uuid
      RETURNING "id", "userId", "webflowUserId"
    ), others AS (
      UPDATE "Grant" SET "checkedAt" = NULL, "leaseId" = NULL, "leaseUntil" = NULL WHERE "id" IN (
        SELECT g."id" FROM "Grant" g, revoked
        WHERE g."webflowUserId" = revoked."webflowUserId" AND g."id" <> revoked."id" AND g."state" = 'ACTIVE'
        FOR UPDATE OF g SKIP LOCKED)
    )
    INSERT INTO "Activity" ("userId", "grantId", "type")
    SELECT "userId", "id", 'REVOCATION_CONFIRMED' FROM revoked WHERE "userId" IS NOT NULL`;
}

/** Not proven: another attempt later, or after 30 days of trying ABANDONED, which the person and an operator are told. */
async function postpone(
  { id, fingerprint }: Claimed,
  leaseId: string,
  pause: { seconds: number; counts: boolean },
): Promise<void> {
  const tooLong = Prisma.sql`("attempts" + 1 >= ${abandonAfterAttempts}::int
    AND "revokingAt" < now() - make_interval(days => ${abandonAfterDays}::int))`;
  const [row] = await db().$queryRaw<{ state: string }[]>`
    WITH postponed AS (
      UPDATE "Grant" SET "leaseId" = NULL, "leaseUntil" = NULL, "attempts" = "attempts" + ${pause.counts ? 1 : 0}::int,
        "nextAttemptAt" = now() + make_interval(secs => ${pause.seconds}::int),
        "state" = CASE WHEN ${pause.counts} AND ${tooLong} THEN 'ABANDONED' ELSE "state" END,
        "endedAt" = CASE WHEN ${pause.counts} AND ${tooLong} THEN now() END
      WHERE "id" = ${id}::uuid AND "state" = 'REVOKING' AND "leaseId" = ${leaseId}::uuid
      RETURNING "id", "userId", "state"
    ), happened AS (
      INSERT INTO "Activity" ("userId", "grantId", "type")
      SELECT "userId", "id", 'REVOCATION_ABANDONED' FROM postponed WHERE "state" = 'ABANDONED' AND "userId" IS NOT NULL
    )
    SELECT "state"::text AS "state" FROM postponed`;
  if (row?.state === "ABANDONED") log.error("revocation_abandoned", { grantId: id, fingerprint });
}
