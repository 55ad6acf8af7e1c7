import "server-only";
import { db } from "@/lib/db";
import { ConnectFailure } from "@/lib/webflow/errors";
import type { WebflowProfile } from "@/lib/webflow/provider";
import { coverageOf } from "./coverage";

/**
 * Claims a RECEIVED Grant for the User who is this Webflow user, in one transaction: finds or makes User and Account, makes
 * the Grant ACTIVE, and sends the older Grants that it covers to REVOKING. All of it happens, or nothing does.
 *
 * @param startedBy the User who was signed in when the flow was started, if any: a Webflow user that is new here joins them
 * @returns how many older Grants are now to be revoked, or were while the new token was on its way
 * @throws ConnectFailure `account_of_another_user` when the Webflow user belongs to somebody else than `startedBy`,
 *   `start_expired` when the Grant was given up in the meantime
 */
export async function activateGrant(profile: WebflowProfile, startedBy: string | null): Promise<number> {
  const { grantId, user, authorization } = profile;
  const coverage = coverageOf(authorization);
  const covered = [...coverage, ...authorization.siteIds];
  // Not said is not granted.
  const scopes = authorization.scopes ?? [];
  const sites = JSON.stringify(authorization.sites ?? []);

  return db().$transaction(async (tx) => {
    // Two first sign-ins of one person at once would make two Users. The lock ends with the transaction, so a pooler in
    // transaction mode is fine; each later statement sees what the winner committed (READ COMMITTED).
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`webflow:${user.id}`}, 0))`;

    // The User whose Account this is, else who started the flow, else a new one. Names and e-mail follow Webflow, but an
    // answer without them forgets nothing.
    const [owner] = await tx.$queryRaw<{ userId: string }[]>`
      WITH known AS (
        SELECT "userId" FROM "Account" WHERE "provider" = 'webflow' AND "providerAccountId" = ${user.id}
      ), made AS (
        INSERT INTO "User" ("id") SELECT gen_random_uuid()
        WHERE ${startedBy}::uuid IS NULL AND NOT EXISTS (SELECT FROM known) RETURNING "id"
      ), owner AS (
        SELECT coalesce((SELECT "userId" FROM known), (SELECT "id" FROM made), ${startedBy}::uuid) AS "userId"
      )
      INSERT INTO "Account" AS a ("userId", "provider", "providerAccountId", "name", "email")
      SELECT "userId", 'webflow', ${user.id}, ${user.name}, ${user.email} FROM owner
      ON CONFLICT ("provider", "providerAccountId") DO UPDATE
        SET "name" = coalesce(excluded."name", a."name"), "email" = coalesce(excluded."email", a."email"), "updatedAt" = now()
      RETURNING a."userId"`;
    if (!owner || (startedBy !== null && owner.userId !== startedBy))
      throw new ConnectFailure("account_of_another_user");

    // Only a Grant that is still RECEIVED can be claimed: the sweep may have given it up.
    const claimed = await tx.$executeRaw`
      UPDATE "Grant" SET "state" = 'ACTIVE', "userId" = ${owner.userId}::uuid, "webflowUserId" = ${user.id},
        "authorizationId" = ${authorization.id}, "scopes" = ${scopes}, "coverage" = ${coverage},
        "workspaceIds" = ${authorization.workspaceIds}, "siteIds" = ${authorization.siteIds}, "sites" = ${sites}::jsonb,
        "activatedAt" = now(), "checkedAt" = now()
      WHERE "id" = ${grantId}::uuid AND "state" = 'RECEIVED'`;
    if (claimed !== 1) throw new ConnectFailure("start_expired");

    // Older Grants of this Webflow user that the new one covers are replaced: those alive go to REVOKING, committed together
    // with the new one. Should Webflow have issued the same token again, its older row only goes: revoking would kill both.
    const [outcome] = await tx.$queryRaw<{ replaced: number }[]>`
      WITH same_token AS (
        DELETE FROM "Grant" WHERE "id" <> ${grantId}::uuid
          AND "fingerprint" = (SELECT "fingerprint" FROM "Grant" WHERE "id" = ${grantId}::uuid) RETURNING "id"
      ), older AS (
        UPDATE "Grant" SET "replacedById" = ${grantId}::uuid,
          "state" = CASE "state" WHEN 'ACTIVE' THEN 'REVOKING' ELSE "state" END,
          "revokeReason" = CASE "state" WHEN 'ACTIVE' THEN 'SUPERSEDED' ELSE "revokeReason" END,
          "revokingAt" = CASE "state" WHEN 'ACTIVE' THEN now() ELSE "revokingAt" END,
          "nextAttemptAt" = CASE "state" WHEN 'ACTIVE' THEN now() ELSE "nextAttemptAt" END,
          "leaseId" = NULL, "leaseUntil" = NULL
        WHERE "webflowUserId" = ${user.id} AND "userId" = ${owner.userId}::uuid AND "id" <> ${grantId}::uuid
          AND "replacedById" IS NULL AND "state" <> 'RECEIVED'
          -- Covered by workspace; or by what was granted itself, should Webflow not have listed the sites this time.
          AND ("coverage" <@ ${covered}::text[] OR (cardinality("siteIds" || "workspaceIds") > 0
            AND "siteIds" <@ ${authorization.siteIds}::text[] AND "workspaceIds" <@ ${authorization.workspaceIds}::text[]))
          AND "id" NOT IN (SELECT "id" FROM same_token)
        RETURNING "state", "endedAt"
      ), happened AS (
        INSERT INTO "Activity" ("userId", "grantId", "type", "detail")
        SELECT ${owner.userId}::uuid, ${grantId}::uuid,
          (CASE WHEN EXISTS (SELECT FROM older) OR EXISTS (SELECT FROM same_token) THEN 'RECONNECTED' ELSE 'CONNECTED' END)::"ActivityType",
          jsonb_build_object('scopes', ${scopes}::text[])
      )
      -- One that died after the new token was issued may have taken it along: it counts as well.
      SELECT count(*) FILTER (WHERE "state" = 'REVOKING' OR "endedAt" > (SELECT "receivedAt" FROM "Grant" WHERE "id" = ${grantId}::uuid))::int
        AS replaced FROM older`;
    return outcome?.replaced ?? 0;
  });
}
