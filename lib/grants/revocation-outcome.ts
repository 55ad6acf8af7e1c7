import "server-only";
import type { QueryResultRow } from "pg";
import { inTransaction } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { log } from "@/lib/log";
import { personsOf } from "./doubt";

/** A REVOKING Grant whose revocation is being attempted. */
export interface Attempted {
  id: string;
  fingerprint: string;
  webflowUserId: string | null;
  /** How often Webflow was asked before. */
  attempts: number;
}

/** What an outcome has to know of the token: its own Grant, and whose others it may have taken along. */
type Token = Pick<Attempted, "id" | "fingerprint" | "webflowUserId">;

const abandonAfterDays = 30;
/** 30 days without a sweep are no 30 days of trying. */
const abandonAfterAttempts = 20;

/**
 * Proven dead: REVOKED, and the sealed token is wiped; with it, where there is no User any more, whose it was. Fenced: only
 * who still holds the lease may write that.
 */
export async function confirmDead(grant: Attempted, leaseId: string): Promise<void> {
  await writeOutcome(
    grant,
    Prisma.sql`revoked AS (
      UPDATE "Grant" g SET "state" = 'REVOKED', "sealedToken" = NULL, "endedAt" = now(), "leaseId" = NULL, "leaseUntil" = NULL,
        "attempts" = "attempts" + 1, "webflowUserId" = CASE WHEN "userId" IS NOT NULL THEN "webflowUserId" END
      FROM concerned
      WHERE g."id" = concerned."id" AND g."id" = ${grant.id}::uuid AND "state" = 'REVOKING' AND "leaseId" = ${leaseId}::uuid
      RETURNING g."id", "userId"
    )
    INSERT INTO "Activity" ("userId", "grantId", "type")
    SELECT "userId", "id", 'REVOCATION_CONFIRMED' FROM revoked WHERE "userId" IS NOT NULL`,
  );
}

/**
 * Not proven, although Webflow was asked: another attempt later, or after 30 days of trying ABANDONED, which an operator is told, and
 * the person, unless their account is deleted. The token stays: without it nobody could ask again (docs/operating.md).
 */
export async function postpone(grant: Attempted, leaseId: string, seconds: number): Promise<void> {
  const tooLong = Prisma.sql`("attempts" + 1 >= ${abandonAfterAttempts}::int
    AND "revokingAt" < now() - make_interval(days => ${abandonAfterDays}::int))`;
  const [row] = await writeOutcome<{ state: string }>(
    grant,
    Prisma.sql`postponed AS (
      UPDATE "Grant" g SET "leaseId" = NULL, "leaseUntil" = NULL, "attempts" = "attempts" + 1,
        "nextAttemptAt" = now() + make_interval(secs => ${seconds}::int),
        "state" = CASE WHEN ${tooLong} THEN 'ABANDONED' ELSE "state" END, "endedAt" = CASE WHEN ${tooLong} THEN now() END
      FROM concerned
      WHERE g."id" = concerned."id" AND g."id" = ${grant.id}::uuid AND "state" = 'REVOKING' AND "leaseId" = ${leaseId}::uuid
      RETURNING g."id", "userId", "state"
    ), happened AS (
      INSERT INTO "Activity" ("userId", "grantId", "type")
      SELECT "userId", "id", 'REVOCATION_ABANDONED' FROM postponed WHERE "state" = 'ABANDONED' AND "userId" IS NOT NULL
    )
    SELECT "state"::text AS "state" FROM postponed`,
  );
  if (row?.state === "ABANDONED")
    log.error("revocation_abandoned", { grantId: grant.id, fingerprint: grant.fingerprint });
}

/** Webflow was asked to revoke a token that could not be stored (receive.ts): only what it may have taken along is left to be doubted. */
export async function doubtOthers(token: Token): Promise<void> {
  await writeOutcome(token, Prisma.sql`nothing AS (SELECT) SELECT FROM nothing`);
}

/**
 * It could not be tried, for a reason of our own (key, credentials): later again, and no attempt is burnt. The others are doubted all the
 * same: an earlier attempt may have been, by a process that died.
 */
export async function putBack(grant: Attempted, leaseId: string, seconds: number): Promise<void> {
  await writeOutcome(
    grant,
    Prisma.sql`put_back AS (
      UPDATE "Grant" g SET "leaseId" = NULL, "leaseUntil" = NULL, "nextAttemptAt" = now() + make_interval(secs => ${seconds}::int)
      FROM concerned
      WHERE g."id" = concerned."id" AND g."id" = ${grant.id}::uuid AND "leaseId" = ${leaseId}::uuid
    )
    SELECT FROM concerned`,
  );
}

/**
 * Writes what came of an attempt, and doubts whatever it may have taken along.
 *
 * Excludes every `activateGrant` of this Webflow user by the lock that it takes first as well: in between, it would neither see the
 * note of this outcome, nor be seen. The statement after the lock sees what the one before it has committed (READ COMMITTED).
 *
 * @param outcome the rest of the statement, after WITH; it can use `concerned`
 */
function writeOutcome<Row extends QueryResultRow>(token: Token, outcome: Prisma.Sql): Promise<Row[]> {
  return inTransaction(async (query) => {
    await query(
      Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${token.webflowUserId && `webflow:${token.webflowUserId}`}, 0))`,
    );
    return query<Row>(
      Prisma.sql`WITH ${lockConcerned(token)}, ${unbelieveOthers(token)}, ${noteFor(token)}, ${outcome}`,
    );
  });
}

/**
 * The Grant that was asked about, and the ACTIVE ones whose tokens the revocation may have taken along: which of a person's
 * tokens Webflow kills is not known. They are locked in the order of their ids, as everywhere, so that nobody waits in a
 * circle; a check or a sign-in that is being written is waited for.
 */
function lockConcerned({ id, webflowUserId, fingerprint }: Token): Prisma.Sql {
  return Prisma.sql`concerned AS MATERIALIZED (
    SELECT "id" FROM "Grant" WHERE "id" = ${id}::uuid
      OR "state" = 'ACTIVE' AND ("webflowUserId" = ${webflowUserId} OR "fingerprint" = ${fingerprint})
    ORDER BY "id" FOR UPDATE
  )`;
}

/**
 * Nobody believes those others until Webflow was asked about them again, and a check that is under way may not write what it
 * heard before. Told without the fence, and after an answer that was lost: the token is then perhaps dead, and they with it.
 * Nothing here says that no other attempt is under way: whoever waits for one (`unsettledUntil`) waits on.
 */
function unbelieveOthers({ id }: Token): Prisma.Sql {
  return Prisma.sql`unbelieved AS (
    UPDATE "Grant" g SET "checkedAt" = NULL, "leaseId" = NULL, "leaseUntil" = NULL
    FROM concerned WHERE g."id" = concerned."id" AND g."id" <> ${id}::uuid AND g."state" = 'ACTIVE'
  )`;
}

/**
 * For a sign-in of this person that is under way, of which Webflow was perhaps asked before, and which has no Grant yet that could be
 * doubted: `activateGrant` looks for this note, because the row that was asked about may be gone by then. Written when the rows are
 * locked, so that nobody waits in a circle.
 */
function noteFor({ webflowUserId }: Token): Prisma.Sql {
  const [person = null] = webflowUserId ? personsOf(webflowUserId) : [];
  return Prisma.sql`noted AS (
    INSERT INTO "RecentRevocation" AS r ("person", "at")
    SELECT person, now() FROM (VALUES (${person}::text)) p (person), (SELECT count(*) AS "locked" FROM concerned) c
    WHERE person IS NOT NULL AND "locked" >= 0
    ON CONFLICT ("person") DO UPDATE SET "at" = greatest(r."at", excluded."at")
  )`;
}
