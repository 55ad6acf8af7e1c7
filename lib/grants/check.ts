import "server-only";
import { randomUUID } from "node:crypto";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { readAuthorization } from "@/lib/webflow/authorization";
import { pauseCheck, recordAlive, recordLost } from "./check-outcome";
import { isCheckable, isCheckDue, unsettled } from "./doubt";
import { tryToOpenToken } from "./vault";

/** From the claim on. The answer to the claim takes at most 10 s (lib/db.ts), the calls of one check 10 s. */
const leaseSeconds = 30;
/** How many are checked at once; the longest unchecked come first. */
const limit = 10;

interface Claimed {
  id: string;
  sealedToken: string;
  /** By the clock of the database. */
  claimedAt: Date;
}

/** What Webflow says of a Grant's token; `unknown` is everything that proves nothing. */
export type Liveness = "alive" | "withdrawn" | "unknown";

/** Asks Webflow about the User's ACTIVE Grants that nobody may believe, or that were not checked for five minutes. Never throws. */
export async function checkStale(userId: string): Promise<void> {
  const isDue = Prisma.raw(`(SELECT ${isCheckDue} FROM ${unsettled})`);
  await checkWhere(Prisma.sql`"userId" = ${userId}::uuid AND ${isDue}`);
}

/**
 * Asks Webflow about ACTIVE Grants that nobody may believe, because a revocation may have taken them along. Never throws.
 * Answers how many were asked about, at most ten.
 */
export async function checkUnbelieved(): Promise<number> {
  return (await checkWhere(Prisma.sql`"checkedAt" IS NULL`)).length;
}

/** Asks Webflow now about one ACTIVE Grant, because its User wants to know. Never throws; does nothing when it is not theirs. */
export async function checkNow(userId: string, grantId: string): Promise<void> {
  await checkWhere(Prisma.sql`"id" = ${grantId}::uuid AND "userId" = ${userId}::uuid`, {
    askedByPerson: true,
  });
}

/**
 * Asks Webflow about those Grants of one Webflow user that nobody may believe, because one of them was just made or revoked.
 * Never throws.
 */
export async function checkDoubted(webflowUserId: string): Promise<void> {
  await checkWhere(Prisma.sql`"webflowUserId" = ${webflowUserId} AND "checkedAt" IS NULL`);
}

/**
 * For whoever used a Grant's token and was answered 401: that may be about the resource alone, so introspect decides. Never
 * throws.
 *
 * @returns `withdrawn` when the token is dead (the Grant is then LOST), `alive` when it is not, `not_connected` when it was ended or replaced
 *   here meanwhile, `unknown` when Webflow did not say or somebody else is asking this very moment
 */
export async function reportUnauthorized(grantId: string): Promise<Liveness | "not_connected"> {
  const [liveness = "unknown"] = await checkWhere(Prisma.sql`"id" = ${grantId}::uuid`);
  // Whatever was heard: meanwhile it may have been ended or replaced here, and then nothing is written of that.
  const grant = await db()
    .grant.findUnique({ where: { id: grantId }, select: { state: true } })
    .catch(() => undefined);
  if (grant === undefined || grant?.state === "ACTIVE") return liveness;
  return grant?.state === "LOST" ? "withdrawn" : "not_connected";
}

async function checkWhere(which: Prisma.Sql, { askedByPerson = false } = {}): Promise<Liveness[]> {
  const leaseId = randomUUID();
  try {
    // The lease makes one check out of ten page views at once, and is the fence for writing what was learnt. A row that is
    // locked is being claimed or changed this very moment.
    const claimed = await db().$queryRaw<Claimed[]>`
      UPDATE "Grant" g SET "leaseId" = ${leaseId}::uuid, "leaseUntil" = now() + make_interval(secs => ${leaseSeconds}::int)
      FROM (
        SELECT "id" FROM "Grant" g
        WHERE "state" = 'ACTIVE' AND ${Prisma.raw(isCheckable)} AND ${which}
        ORDER BY "checkedAt" NULLS FIRST LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) due
      WHERE g."id" = due."id"
      RETURNING g."id", g."sealedToken", now() AS "claimedAt"`;
    return await Promise.all(claimed.map((grant) => check(grant, leaseId, askedByPerson)));
  } catch (error) {
    log.warn("check_failed", { error: errorName(error) });
    return [];
  }
}

/** Never throws: one Grant that cannot be checked does not keep the others from it. */
async function check(grant: Claimed, leaseId: string, askedByPerson: boolean): Promise<Liveness> {
  const { id } = grant;
  try {
    const token = tryToOpenToken(id, grant.sealedToken);
    if (token === null) return "unknown";
    const answer = await readAuthorization(token);
    if (answer.kind === "alive") await recordAlive(grant, leaseId, answer.authorization, askedByPerson);
    else if (answer.kind === "dead") await recordLost(id, leaseId);
    else {
      log.warn("check_unclear", { grantId: id, status: answer.status ?? undefined });
      await pauseCheck(id, leaseId);
    }
    return answer.kind === "alive" ? "alive" : answer.kind === "dead" ? "withdrawn" : "unknown";
  } catch (error) {
    log.warn("check_failed", { grantId: id, error: errorName(error) });
    return "unknown";
  }
}
