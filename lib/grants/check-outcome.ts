import "server-only";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { log } from "@/lib/log";
import type { Authorization } from "@/lib/webflow/authorization";
import { coverageOf } from "./coverage";
import { unsettled } from "./doubt";

/** After an answer that proves nothing, so that an outage is not asked about with every page view. */
const unclearPauseSeconds = 60;

/**
 * What Webflow says replaces what we knew, what it did not say this time stays known; what changed is told in the activity.
 * Fenced, like everything here: only who still holds the lease may write.
 *
 * @param claimedAt before Webflow was asked. Whose lease to revoke another token of this person ends later may have been faster at
 *   Webflow: the check then counts as of that moment, when it was not over yet (doubt.ts)
 */
export async function recordAlive(
  { id, claimedAt }: { id: string; claimedAt: Date },
  leaseId: string,
  authorization: Authorization,
  askedByPerson: boolean,
): Promise<void> {
  const { scopes, siteIds, workspaceIds, user } = authorization;
  // Where nothing is granted any more there is nothing to list.
  const grantsNothing = siteIds?.length === 0 && workspaceIds?.length === 0;
  const listed = authorization.sites ?? (grantsNothing ? [] : null);
  const sites = listed && JSON.stringify(listed);
  const coverage = authorization.sites && siteIds && coverageOf(authorization);
  await db().$executeRaw`
    WITH before AS (
      SELECT "id", "userId", "scopes", "siteIds", "workspaceIds", "sites",
        CASE WHEN unsettled."until" > ${claimedAt}::timestamptz THEN ${claimedAt}::timestamptz ELSE now() END AS "knownAt"
      FROM "Grant" g, ${Prisma.raw(unsettled)}
      -- Also by time: a process that was frozen after it had heard of a living token knows nothing of now.
      WHERE "id" = ${id}::uuid AND "state" = 'ACTIVE' AND "leaseId" = ${leaseId}::uuid AND "leaseUntil" > now() FOR UPDATE OF g
    ), checked AS (
      UPDATE "Grant" g SET "scopes" = coalesce(${scopes}::text[], g."scopes"), "siteIds" = coalesce(${siteIds}::text[], g."siteIds"),
        "workspaceIds" = coalesce(${workspaceIds}::text[], g."workspaceIds"), "sites" = coalesce(${sites}::jsonb, g."sites"),
        "coverage" = coalesce(${coverage}::text[], g."coverage"), "checkedAt" = "knownAt", "leaseId" = NULL, "leaseUntil" = NULL
      FROM before WHERE g."id" = before."id" RETURNING g."webflowUserId"
    ), named AS (
      UPDATE "Account" a SET "name" = coalesce(${user?.name ?? null}, a."name"), "email" = coalesce(${user?.email ?? null}, a."email"), "updatedAt" = now()
      FROM checked WHERE a."provider" = 'webflow' AND a."providerAccountId" = checked."webflowUserId" AND a."providerAccountId" = ${user?.id ?? null}
        AND (a."name", a."email") IS DISTINCT FROM (${user?.name ?? null}, ${user?.email ?? null})
    ), moved AS (
      -- What was granted before or is now, and not both: "n" is its place in the list.
      SELECT "id", was."n" IS NULL AS "added", coalesce(is_now."n", was."n") AS "n"
      FROM (
        SELECT p."id", min(p."n") AS "n" FROM before, unnest("siteIds" || "workspaceIds") WITH ORDINALITY p ("id", "n") GROUP BY 1
      ) was FULL JOIN (
        SELECT p."id", min(p."n") AS "n" FROM unnest(${siteIds}::text[] || ${workspaceIds}::text[]) WITH ORDINALITY p ("id", "n") GROUP BY 1
      ) is_now USING ("id")
      WHERE ${siteIds}::text[] IS NOT NULL AND (was."n" IS NULL OR is_now."n" IS NULL)
    ), names AS (
      -- Sites by the name that was known then, or is now.
      SELECT DISTINCT ON (site->>'id') site->>'id' AS "id", site->>'name' AS "name"
      FROM before, jsonb_array_elements("sites" || coalesce(${sites}::jsonb, '[]')) WITH ORDINALITY known (site, "n")
      WHERE site->>'name' IS NOT NULL ORDER BY site->>'id', "n"
    ), changes AS (
      SELECT jsonb_agg(coalesce("name", "id") ORDER BY "n") FILTER (WHERE "added") AS "added",
        jsonb_agg(coalesce("name", "id") ORDER BY "n") FILTER (WHERE NOT "added") AS "removed"
      FROM moved LEFT JOIN names USING ("id")
    ), happened AS (
      SELECT "userId", "id", 'CHECKED'::"ActivityType" AS "type", '{}'::jsonb AS "detail" FROM before WHERE ${askedByPerson}
      UNION ALL
      SELECT "userId", "id", 'SCOPES_CHANGED'::"ActivityType", jsonb_build_object(
        'added', (SELECT coalesce(jsonb_agg(s), '[]') FROM unnest(${scopes}::text[]) s WHERE s <> ALL ("scopes")),
        'removed', (SELECT coalesce(jsonb_agg(s), '[]') FROM unnest("scopes") s WHERE s <> ALL (${scopes}::text[])))
      FROM before WHERE NOT ("scopes" <@ ${scopes}::text[] AND "scopes" @> ${scopes}::text[])
      UNION ALL
      SELECT "userId", "id", 'SITES_CHANGED'::"ActivityType",
        jsonb_build_object('added', coalesce("added", '[]'), 'removed', coalesce("removed", '[]'))
      FROM before, changes WHERE "added" IS NOT NULL OR "removed" IS NOT NULL
    )
    INSERT INTO "Activity" ("userId", "grantId", "type", "detail") SELECT "userId", "id", "type", "detail" FROM happened`;
}

/** Withdrawn at Webflow: LOST, and the sealed token, now worthless, is wiped. */
export async function recordLost(id: string, leaseId: string): Promise<void> {
  const lost = await db().$executeRaw`
    WITH lost AS (
      UPDATE "Grant" SET "state" = 'LOST', "sealedToken" = NULL, "endedAt" = now(), "checkedAt" = now(), "leaseId" = NULL, "leaseUntil" = NULL
      WHERE "id" = ${id}::uuid AND "state" = 'ACTIVE' AND "leaseId" = ${leaseId}::uuid RETURNING "id", "userId"
    )
    INSERT INTO "Activity" ("userId", "grantId", "type") SELECT "userId", "id", 'WITHDRAWN' FROM lost`;
  if (lost > 0) log.info("grant_lost", { grantId: id });
}

/** Webflow's answer proved nothing: nothing changes, and nobody asks again for a minute. */
export async function pauseCheck(id: string, leaseId: string): Promise<void> {
  await db().$executeRaw`
    UPDATE "Grant" SET "leaseId" = NULL, "leaseUntil" = now() + make_interval(secs => ${unclearPauseSeconds}::int)
    WHERE "id" = ${id}::uuid AND "leaseId" = ${leaseId}::uuid`;
}
