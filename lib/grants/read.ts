import "server-only";
import { queryRows } from "@/lib/db";
import { env } from "@/lib/env";
import { staleAfterMinutes } from "@/lib/stale";
import type { WebflowSite } from "@/lib/webflow/authorization";
import { isCheckable, isCheckDue, unsettled } from "./doubt";

export type ConnectionState = "active" | "withdrawn" | "disconnecting" | "disconnected" | "abandoned";

/** A site as Webflow listed it; where it did not, only the id is known. */
export type ConnectedSite = WebflowSite;

/** What a person sees of one Grant. Holds no token, sealed or not. */
export interface Connection {
  id: string;
  state: ConnectionState;
  webflowUser: { id: string; name: string | null; email: string | null };
  sites: ConnectedSite[];
  workspaceIds: string[];
  /** Whether Webflow named sites: beside a workspace it then does not say whether the whole of it was granted. */
  namesSites: boolean;
  /** What Webflow really granted. */
  scopes: string[];
  /** What this app asks for and was not granted. */
  missingScopes: string[];
  /** What was granted although this app did not ask for it, neither always nor for this connection. */
  extraScopes: string[];
  connectedAt: Date;
  /** Null: must be checked with Webflow before it is believed. */
  checkedAt: Date | null;
  /** Webflow was asked within the last minute, and its answer proved nothing. */
  checkUnclear: boolean;
  disconnectRequestedAt: Date | null;
  endedAt: Date | null;
}

export interface Dashboard {
  userId: string;
  /** Whether it is five minutes or more since this session was noted to be in use (`noteUse`). */
  sessionSeenStale: boolean;
  /** Whether Webflow has to be asked about one of these connections (`checkStale`). */
  checkDue: boolean;
  /** Whether a token of anybody waits to be revoked (`sweepOne`). */
  sweepDue: boolean;
  connections: Connection[];
}

type Shown = "ACTIVE" | "LOST" | "REVOKING" | "REVOKED" | "ABANDONED";

/** As JSON tells it: times are ISO 8601. */
interface GrantRow {
  id: string;
  state: Shown;
  webflowUserId: string;
  name: string | null;
  email: string | null;
  requestedScopes: string[];
  scopes: string[];
  siteIds: string[];
  workspaceIds: string[];
  sites: ConnectedSite[];
  activatedAt: string;
  checkedAt: string | null;
  revokingAt: string | null;
  endedAt: string | null;
  checkUnclear: boolean;
  checkDue: boolean;
}

interface Row {
  userId: string;
  sessionSeenStale: boolean;
  sweepDue: boolean;
  grants: GrantRow[];
}

const states: Record<Shown, ConnectionState> = {
  ACTIVE: "active",
  LOST: "withdrawn",
  REVOKING: "disconnecting",
  REVOKED: "disconnected",
  ABANDONED: "abandoned",
};

/**
 * By primary key of Session, index of Grant and primary key of Account; what is due anywhere, by its partial index; what is
 * unsettled, by the indexes that name a person and a token. The Grants come as one JSON value, which is read several times
 * faster than columns with arrays.
 */
const shown = `
  SELECT s."userId", s."lastSeenAt" < now() - interval '${staleAfterMinutes} minutes' AS "sessionSeenStale",
    -- In the order of the index, which PostgreSQL would leave aside where many wait.
    coalesce((SELECT true FROM "Grant" WHERE "state" IN ('RECEIVED', 'REVOKING') AND "nextAttemptAt" <= now()
      AND ("leaseUntil" IS NULL OR "leaseUntil" < now()) ORDER BY "nextAttemptAt" LIMIT 1), false) AS "sweepDue",
    (WITH RECURSIVE ends AS (
      -- By which connections those on their way out were replaced, up to the last. (A CASE, because PostgreSQL would otherwise look
      -- among everybody's that are on their way out, or were ever replaced: these have an index.)
      SELECT "replacedById" AS "id" FROM "Grant"
      WHERE "userId" = s."userId" AND CASE "state" WHEN 'REVOKING' THEN "replacedById" IS NOT NULL ELSE false END
      UNION
      SELECT next."replacedById" FROM ends, "Grant" next WHERE next."id" = ends."id"
    )
    SELECT coalesce(json_agg(shown), '[]') FROM (
      SELECT g."id",
        -- Ended, but an older token that it replaced, and that is not shown, is still on its way out.
        CASE WHEN older."pending" THEN 'REVOKING' ELSE g."state" END AS "state",
        g."webflowUserId", a."name", a."email", g."requestedScopes", g."scopes", g."siteIds",
        g."workspaceIds", g."sites", g."activatedAt", g."revokingAt",
        CASE WHEN NOT older."pending" THEN g."endedAt" END AS "endedAt",
        CASE WHEN g."state" = 'ACTIVE' AND g."checkedAt" < unsettled."until" THEN NULL ELSE g."checkedAt" END AS "checkedAt",
        -- What an unclear check leaves (lib/grants/check-outcome.ts): no lease, but a pause.
        g."state" = 'ACTIVE' AND g."leaseId" IS NULL AND coalesce(g."leaseUntil" > now(), false) AS "checkUnclear",
        g."state" = 'ACTIVE' AND ${isCheckable} AND ${isCheckDue} AS "checkDue"
      FROM "Grant" g LEFT JOIN "Account" a ON a."provider" = 'webflow' AND a."providerAccountId" = g."webflowUserId" AND a."userId" = g."userId",
        ${unsettled},
        LATERAL (SELECT g."state" IN ('REVOKED', 'LOST') AND g."id" IN (SELECT "id" FROM ends WHERE "id" IS NOT NULL) AS "pending") older
      WHERE g."userId" = s."userId" AND (g."state" = 'ABANDONED'
        -- Nothing replaced it; or that is not there to stand for it, because it ended long ago and was forgotten (prune.ts).
        OR (g."state" = 'REVOKING' OR older."pending") AND NOT EXISTS (SELECT FROM "Grant" WHERE "id" = g."replacedById")
        OR g."replacedById" IS NULL AND (
          g."state" = 'ACTIVE'
          OR (g."state" = 'REVOKED' AND g."endedAt" > now() - interval '1 day')
          OR (g."state" = 'LOST' AND g."endedAt" > now() - interval '30 days')))
      ORDER BY g."activatedAt" DESC
    ) shown) AS "grants"
  FROM "Session" s WHERE s."tokenHash" = $1 AND s."expires" > now()`;

/**
 * Everything on the dashboard in one SQL statement: the session that NextAuth wrote, its User, and their connections, newest
 * first. A Grant that a newer one replaced is shown only when its end was never confirmed; a disconnected one for a day, a
 * withdrawn one for 30, and both for as long as an older token that they replaced is on its way out. The same statement says what
 * is due, so that a view after which nothing has to be done costs no second one.
 *
 * @param tokenHash from `sessionTokenHash()`: who is asking
 * @returns null when nobody is signed in
 */
export async function readDashboard(tokenHash: string | null): Promise<Dashboard | null> {
  if (!tokenHash) return null;
  const [row] = await queryRows<Row>({ text: shown, values: [tokenHash] });
  if (!row) return null;
  const { userId, sessionSeenStale, sweepDue, grants } = row;
  return {
    userId,
    sessionSeenStale,
    checkDue: grants.some(({ checkDue }) => checkDue),
    sweepDue,
    connections: grants.map(toConnection),
  };
}

function toConnection(grant: GrantRow): Connection {
  const asked = env().WEBFLOW_SCOPES;
  const { id, scopes, requestedScopes, workspaceIds } = grant;
  return {
    id,
    state: states[grant.state],
    webflowUser: { id: grant.webflowUserId, name: grant.name, email: grant.email },
    sites: sitesOf(grant),
    workspaceIds,
    namesSites: grant.siteIds.length > 0,
    scopes,
    missingScopes: asked.filter((scope) => !scopes.includes(scope)),
    extraScopes: scopes.filter((scope) => !asked.includes(scope) && !requestedScopes.includes(scope)),
    connectedAt: new Date(grant.activatedAt),
    checkedAt: toDate(grant.checkedAt),
    checkUnclear: grant.checkUnclear,
    disconnectRequestedAt: toDate(grant.revokingAt),
    endedAt: toDate(grant.endedAt),
  };
}

function toDate(time: string | null): Date | null {
  return time === null ? null : new Date(time);
}

/** The granted sites, by name where Webflow listed them; all that it listed where a whole workspace was granted. */
function sitesOf({ siteIds, sites }: GrantRow): ConnectedSite[] {
  if (siteIds.length === 0) return sites;
  const listed = new Map(sites.map((site) => [site.id, site]));
  const nameless = { name: null, workspaceId: null, shortName: null, previewUrl: null };
  return siteIds.map((id) => listed.get(id) ?? { id, ...nameless });
}
