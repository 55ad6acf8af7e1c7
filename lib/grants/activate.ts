import "server-only";
import { inTransaction, type Query } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { ConnectFailure } from "@/lib/webflow/errors";
import type { WebflowProfile } from "@/lib/webflow/provider";
import { coverageOf } from "./coverage";
import { personsOf } from "./doubt";

export interface Activation {
  /** Whose connection it is now. */
  userId: string;
  /** Whether this Webflow user was new here and has joined the User who was signed in. */
  joined: boolean;
  /**
   * How many other tokens of this Webflow user are unsettled by it: on their way out, ended or issued after this one was (and may
   * have taken it along), or perhaps replaced by it at Webflow. Who is in doubt is marked as not checked; the caller should
   * revoke what was replaced, and then look again.
   */
  unsettled: number;
}

/**
 * Claims a RECEIVED Grant for the User who is this Webflow user, in one transaction: finds or makes User and Account, makes
 * the Grant ACTIVE, and sends the older Grants that it covers to REVOKING. All of it happens, or nothing does.
 *
 * @param startedBy the User who was signed in when the flow was started, if any: a Webflow user that is new here joins them
 * @param alongside what else belongs to the transaction, as its last step; what it throws undoes all
 * @throws ConnectFailure `account_of_another_user` when the Webflow user belongs to somebody else than `startedBy`,
 *   `session_changed` when `startedBy` was deleted in the meantime, `start_expired` when the Grant was given up
 */
export async function activateGrant(
  profile: WebflowProfile,
  startedBy: string | null,
  alongside: (query: Query, userId: string) => Promise<void> = async () => {},
): Promise<Activation> {
  const { grantId, user, authorization } = profile;
  const coverage = coverageOf(authorization);
  // Not said is not granted.
  const scopes = authorization.scopes ?? [];
  const siteIds = authorization.siteIds ?? [];
  const workspaceIds = authorization.workspaceIds ?? [];
  const covered = [...coverage, ...siteIds];
  const sites = JSON.stringify(authorization.sites ?? []);
  const persons = personsOf(user.id);

  return inTransaction(async (query) => {
    // Two first sign-ins of one person at once would make two Users, and a User who is being deleted (`deleteUser` takes the
    // same locks, in this order) would get a Grant that nobody revokes. The locks end with the transaction, so a pooler in
    // transaction mode is fine; each later statement sees what the winner committed (READ COMMITTED).
    await query(Prisma.sql`
      SELECT pg_advisory_xact_lock(hashtextextended(${startedBy && `user:${startedBy}`}, 0)),
        pg_advisory_xact_lock(hashtextextended(${`webflow:${user.id}`}, 0))`);

    // The User whose Account this is, else who started the flow, else a new one. Names and e-mail follow Webflow, but an answer
    // without them forgets nothing. Before that, and so that each later statement sees them as they stay, the other Grants of
    // this Webflow user, or of this very token, are locked (by counting them): in the order of their ids, and before the
    // Account. Last, the Grant becomes theirs: only one that is still RECEIVED, because the sweep may have given it up (an
    // UPDATE that waited for it looks again), and never somebody else's. What is not claimed is rolled back by the throw.
    const [owner] = await query<{ userId: string; claimed: boolean; joined: boolean }>(Prisma.sql`
      WITH siblings AS MATERIALIZED (
        SELECT "id" FROM "Grant" WHERE "id" <> ${grantId}::uuid
          AND ("webflowUserId" = ${user.id} OR "fingerprint" = (SELECT "fingerprint" FROM "Grant" WHERE "id" = ${grantId}::uuid))
        ORDER BY "id" FOR UPDATE
      ), known AS (
        SELECT "userId" FROM "Account" WHERE "provider" = 'webflow' AND "providerAccountId" = ${user.id}
      ), made AS (
        INSERT INTO "User" ("id") SELECT gen_random_uuid()
        WHERE ${startedBy}::uuid IS NULL AND NOT EXISTS (SELECT FROM known) RETURNING "id"
      ), owner AS (
        SELECT coalesce((SELECT "userId" FROM known), (SELECT "id" FROM made),
          (SELECT "id" FROM "User" WHERE "id" = ${startedBy}::uuid)) AS "userId", (SELECT count(*) FROM siblings) AS "locked"
      ), linked AS (
        INSERT INTO "Account" AS a ("userId", "provider", "providerAccountId", "name", "email")
        SELECT "userId", 'webflow', ${user.id}, ${user.name}, ${user.email} FROM owner WHERE "userId" IS NOT NULL AND "locked" >= 0
        ON CONFLICT ("provider", "providerAccountId") DO UPDATE
          SET "name" = coalesce(excluded."name", a."name"), "email" = coalesce(excluded."email", a."email"), "updatedAt" = now()
        RETURNING a."userId"
      ), claimed AS (
        UPDATE "Grant" g SET "state" = 'ACTIVE', "userId" = linked."userId", "webflowUserId" = ${user.id},
          "authorizationId" = ${authorization.id}, "scopes" = ${scopes}, "coverage" = ${coverage},
          "workspaceIds" = ${workspaceIds}, "siteIds" = ${siteIds}, "sites" = ${sites}::jsonb,
          "activatedAt" = now(),
          -- Webflow was asked after that, and may have taken its time.
          "checkedAt" = g."receivedAt"
        FROM linked
        WHERE g."id" = ${grantId}::uuid AND g."state" = 'RECEIVED'
          AND (${startedBy}::uuid IS NULL OR linked."userId" = ${startedBy}::uuid)
        RETURNING g."id"
      )
      SELECT linked."userId", EXISTS (SELECT FROM claimed) AS "claimed",
        ${startedBy}::uuid IS NOT NULL AND NOT EXISTS (SELECT FROM known) AS "joined"
      FROM linked`);
    if (!owner) throw new ConnectFailure("session_changed");
    if (startedBy !== null && owner.userId !== startedBy) throw new ConnectFailure("account_of_another_user");
    if (!owner.claimed) throw new ConnectFailure("start_expired");

    // Older Grants of this Webflow user that the new one covers are replaced: those alive go to REVOKING, committed together
    // with the new one. Should Webflow have issued the same token again, its older row only goes: revoking would kill both.
    // A revocation that is under way is seen as REVOKING, or as ended since: either way the new Grant is not believed before
    // Webflow was asked about it.
    const [outcome] = await query<{ unsettled: number }>(Prisma.sql`
      WITH siblings AS (
        SELECT g."id", g."state", g."fingerprint" = fresh."fingerprint" AS "sameToken",
          g."endedAt" > fresh."receivedAt" AS "endedSince",
          g."state" = 'ACTIVE' AND g."receivedAt" > fresh."receivedAt" AS "issuedSince", g."leaseUntil", g."unsettledUntil"
        FROM "Grant" g, (SELECT "fingerprint", "receivedAt" FROM "Grant" WHERE "id" = ${grantId}::uuid) fresh
        WHERE g."id" <> ${grantId}::uuid AND (g."webflowUserId" = ${user.id} OR g."fingerprint" = fresh."fingerprint")
      ), noted AS (
        -- Revoked after this one was issued, or perhaps still being revoked, by a row that may be gone.
        SELECT max(r."at") AS "at" FROM "RecentRevocation" r, "Grant" fresh
        WHERE r."person" = ANY(${persons}::text[]) AND fresh."id" = ${grantId}::uuid AND r."at" >= fresh."receivedAt"
        HAVING count(*) > 0
      ), gone AS (
        -- An attempt to revoke this very token may be under way, and its row goes. Whoever is about to be claimed looks for the note.
        INSERT INTO "RecentRevocation" AS r ("person", "at")
        SELECT ${persons[0]}, max("leaseUntil") FROM siblings WHERE "sameToken" AND "state" = 'REVOKING' HAVING max("leaseUntil") IS NOT NULL
        ON CONFLICT ("person") DO UPDATE SET "at" = greatest(r."at", excluded."at")
        RETURNING r."at" AS "until"
      ), same_token AS (
        DELETE FROM "Grant" g USING siblings s WHERE g."id" = s."id" AND s."sameToken" RETURNING g."id"
      ), inherited AS (
        -- What the row that goes had replaced: its end is found by this connection from now on (read.ts), or, where it is another
        -- User's (of whom this Webflow user was unlinked), by itself.
        UPDATE "Grant" g SET "replacedById" = CASE WHEN g."userId" = ${owner.userId}::uuid THEN ${grantId}::uuid END
        FROM same_token t WHERE g."replacedById" = t."id"
      ), older AS (
        UPDATE "Grant" g SET "replacedById" = ${grantId}::uuid,
          "state" = CASE g."state" WHEN 'ACTIVE' THEN 'REVOKING' ELSE g."state" END,
          "revokeReason" = CASE g."state" WHEN 'ACTIVE' THEN 'SUPERSEDED' ELSE g."revokeReason" END,
          "revokingAt" = CASE g."state" WHEN 'ACTIVE' THEN now() ELSE g."revokingAt" END,
          "nextAttemptAt" = CASE g."state" WHEN 'ACTIVE' THEN now() ELSE g."nextAttemptAt" END,
          -- A check that is under way must not write any more; an attempt to revoke may.
          "leaseId" = CASE WHEN g."state" <> 'ACTIVE' THEN g."leaseId" END,
          "leaseUntil" = CASE WHEN g."state" <> 'ACTIVE' THEN g."leaseUntil" END
        FROM siblings s
        WHERE g."id" = s."id" AND NOT s."sameToken" AND g."userId" = ${owner.userId}::uuid AND g."replacedById" IS NULL
          -- Covered by workspace; or by what was granted itself, should Webflow not have listed the sites this time.
          AND (g."coverage" <@ ${covered}::text[] OR (cardinality(g."siteIds" || g."workspaceIds") > 0
            AND g."siteIds" <@ ${siteIds}::text[] AND g."workspaceIds" <@ ${workspaceIds}::text[]))
        RETURNING g."id"
      ), happened AS (
        INSERT INTO "Activity" ("userId", "grantId", "type", "detail")
        SELECT ${owner.userId}::uuid, ${grantId}::uuid,
          (CASE WHEN EXISTS (SELECT FROM older) OR EXISTS (SELECT FROM same_token) THEN 'RECONNECTED' ELSE 'CONNECTED' END)::"ActivityType",
          jsonb_build_object('scopes', ${scopes}::text[])
      ), ending AS (
        -- Until the lease of an attempt is over no answer about any of the person's tokens can be believed. The rows that stay know it
        -- where its own goes, and pass it on.
        SELECT greatest(count(*)::int, (SELECT count(*)::int FROM noted)) AS "count",
          greatest(max("unsettledUntil"), (SELECT "until" FROM gone), (SELECT "at" FROM noted)) AS "underWayUntil"
        FROM siblings s
        WHERE s."state" = 'REVOKING' OR s."endedSince" OR s."issuedSince" OR s."unsettledUntil" > now()
          OR s."id" IN (SELECT "id" FROM older WHERE s."state" = 'ACTIVE')
      ), doubted AS (
        UPDATE "Grant" SET "checkedAt" = NULL, "unsettledUntil" = ending."underWayUntil" FROM ending
        WHERE "id" = ${grantId}::uuid AND ending."count" > 0
      ), beside AS (
        -- Whether Webflow lets a person's other tokens live when it issues a new one is not known either.
        UPDATE "Grant" g SET "checkedAt" = NULL, "leaseId" = NULL, "leaseUntil" = NULL, "unsettledUntil" = ending."underWayUntil"
        FROM siblings s, ending
        WHERE g."id" = s."id" AND NOT s."sameToken" AND g."state" = 'ACTIVE' AND g."id" NOT IN (SELECT "id" FROM older) RETURNING 1
      )
      SELECT ending."count" + (SELECT count(*)::int FROM beside) AS unsettled FROM ending`);
    await alongside(query, owner.userId);
    return { userId: owner.userId, joined: owner.joined, unsettled: outcome?.unsettled ?? 0 };
  });
}
