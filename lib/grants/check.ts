import "server-only";
import { randomUUID } from "node:crypto";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { type Authorization, readAuthorization } from "@/lib/webflow/authorization";
import { coverageOf } from "./coverage";
import { openToken } from "./vault";

/** State older than this is refreshed after a page has been answered. */
const staleAfterMinutes = 5;
/** Longer than the calls of one check may take. */
const leaseSeconds = 30;
/** After an answer that proves nothing, so that an outage is not asked about with every page view. */
const unclearPauseSeconds = 60;

interface Claimed {
  id: string;
  sealedToken: string;
}

/** Asks Webflow about the User's ACTIVE Grants that were not checked for five minutes. Never throws. */
export async function checkStale(userId: string): Promise<void> {
  await checkWhere(Prisma.sql`"userId" = ${userId}::uuid
    AND ("checkedAt" IS NULL OR "checkedAt" < now() - make_interval(mins => ${staleAfterMinutes}::int))`);
}

/** Asks Webflow now about one ACTIVE Grant, because its User wants to know. Never throws; does nothing when it is not theirs. */
export async function checkNow(userId: string, grantId: string): Promise<void> {
  await checkWhere(Prisma.sql`"id" = ${grantId}::uuid AND "userId" = ${userId}::uuid`, {
    askedByPerson: true,
  });
}

/** Looks again at a Grant whose predecessors were just revoked: whether that took it along is not known. Never throws. */
export async function checkReplacement(grantId: string): Promise<void> {
  await checkWhere(Prisma.sql`"id" = ${grantId}::uuid`);
}

async function checkWhere(which: Prisma.Sql, { askedByPerson = false } = {}): Promise<void> {
  const leaseId = randomUUID();
  try {
    // The lease makes one check out of ten page views at once, and is the fence for writing what was learnt.
    const claimed = await db().$queryRaw<Claimed[]>`
      UPDATE "Grant" SET "leaseId" = ${leaseId}::uuid, "leaseUntil" = now() + make_interval(secs => ${leaseSeconds}::int)
      WHERE "state" = 'ACTIVE' AND ("leaseUntil" IS NULL OR "leaseUntil" < now()) AND ${which}
      RETURNING "id", "sealedToken"`;
    await Promise.all(claimed.map((grant) => check(grant, leaseId, askedByPerson)));
  } catch (error) {
    log.warn("check_failed", { error: errorName(error) });
  }
}

async function check({ id, sealedToken }: Claimed, leaseId: string, askedByPerson: boolean): Promise<void> {
  const answer = await readAuthorization(openToken(id, sealedToken));
  if (answer.kind === "alive") return recordAlive(id, leaseId, answer.authorization, askedByPerson);
  if (answer.kind === "dead") return recordLost(id, leaseId);
  log.warn("check_unclear", { grantId: id, status: answer.status ?? undefined });
  await db().$executeRaw`
    UPDATE "Grant" SET "leaseId" = NULL, "leaseUntil" = now() + make_interval(secs => ${unclearPauseSeconds}::int)
    WHERE "id" = ${id}::uuid AND "leaseId" = ${leaseId}::uuid`;
}

/** What Webflow says replaces what we knew, what it did not say this time stays known; what changed is told in the activity. */
async function recordAlive(
  id: string,
  leaseId: string,
  authorization: Authorization,
  askedByPerson: boolean,
): Promise<void> {
  const { scopes, siteIds, workspaceIds, sites, user } = authorization;
  await db().$executeRaw`
    WITH before AS (
      SELECT "id", "userId", "scopes", "siteIds", "workspaceIds" FROM "Grant"
      WHERE "id" = ${id}::uuid AND "state" = 'ACTIVE' AND "leaseId" = ${leaseId}::uuid FOR UPDATE
    ), checked AS (
      UPDATE "Grant" g SET "scopes" = coalesce(${scopes}::text[], g."scopes"), "siteIds" = ${siteIds}, "workspaceIds" = ${workspaceIds},
        "sites" = coalesce(${sites && JSON.stringify(sites)}::jsonb, g."sites"), "coverage" = coalesce(${sites && coverageOf(authorization)}::text[], g."coverage"),
        "checkedAt" = now(), "leaseId" = NULL, "leaseUntil" = NULL
      FROM before WHERE g."id" = before."id" RETURNING g."webflowUserId"
    ), named AS (
      UPDATE "Account" a SET "name" = coalesce(${user?.name ?? null}, a."name"), "email" = coalesce(${user?.email ?? null}, a."email"), "updatedAt" = now()
      FROM checked WHERE a."provider" = 'webflow' AND a."providerAccountId" = checked."webflowUserId" AND a."providerAccountId" = ${user?.id ?? null}
        AND (a."name", a."email") IS DISTINCT FROM (${user?.name ?? null}, ${user?.email ?? null})
    ), happened AS (
      SELECT "userId", "id", 'CHECKED'::"ActivityType" AS "type", '{}'::jsonb AS "detail" FROM before WHERE ${askedByPerson}
      UNION ALL
      SELECT "userId", "id", 'SCOPES_CHANGED'::"ActivityType", jsonb_build_object(
        'added', (SELECT coalesce(jsonb_agg(s), '[]') FROM unnest(${scopes}::text[]) s WHERE s <> ALL ("scopes")),
        'removed', (SELECT coalesce(jsonb_agg(s), '[]') FROM unnest("scopes") s WHERE s <> ALL (${scopes}::text[])))
      FROM before WHERE NOT ("scopes" <@ ${scopes}::text[] AND "scopes" @> ${scopes}::text[])
      UNION ALL
      SELECT "userId", "id", 'SITES_CHANGED'::"ActivityType", '{}'::jsonb FROM before
      WHERE NOT ("siteIds" <@ ${siteIds}::text[] AND "siteIds" @> ${siteIds}::text[]
        AND "workspaceIds" <@ ${workspaceIds}::text[] AND "workspaceIds" @> ${workspaceIds}::text[])
    )
    INSERT INTO "Activity" ("userId", "grantId", "type", "detail") SELECT "userId", "id", "type", "detail" FROM happened`;
}

/** Withdrawn at Webflow: LOST, and the sealed token, now worthless, is wiped. */
async function recordLost(id: string, leaseId: string): Promise<void> {
  log.info("grant_lost", { grantId: id });
  await db().$executeRaw`
    WITH lost AS (
      UPDATE "Grant" SET "state" = 'LOST', "sealedToken" = NULL, "endedAt" = now(), "checkedAt" = now(), "leaseId" = NULL, "leaseUntil" = NULL
      WHERE "id" = ${id}::uuid AND "state" = 'ACTIVE' AND "leaseId" = ${leaseId}::uuid RETURNING "id", "userId"
    )
    INSERT INTO "Activity" ("userId", "grantId", "type") SELECT "userId", "id", 'WITHDRAWN' FROM lost`;
}
