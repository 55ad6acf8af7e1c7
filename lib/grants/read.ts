import "server-only";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import type { WebflowSite } from "@/lib/webflow/authorization";

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
  /** Whether it is five minutes or more since this session was noted to be in use (`touchSession`). */
  sessionSeenStale: boolean;
  connections: Connection[];
}

type Shown = "ACTIVE" | "LOST" | "REVOKING" | "REVOKED" | "ABANDONED";

interface Row {
  userId: string;
  sessionSeenStale: boolean;
  id: string | null;
  state: Shown;
  webflowUserId: string;
  name: string | null;
  email: string | null;
  requestedScopes: string[];
  scopes: string[];
  siteIds: string[];
  workspaceIds: string[];
  sites: ConnectedSite[];
  activatedAt: Date;
  checkedAt: Date | null;
  checkUnclear: boolean;
  revokingAt: Date | null;
  endedAt: Date | null;
}

const states: Record<Shown, ConnectionState> = {
  ACTIVE: "active",
  LOST: "withdrawn",
  REVOKING: "disconnecting",
  REVOKED: "disconnected",
  ABANDONED: "abandoned",
};

/**
 * Everything on the dashboard in one SQL statement: the session that NextAuth wrote, its User, and their connections, newest
 * first. A Grant that a newer one replaced is shown only when its end was never confirmed; a disconnected one for a day, a withdrawn one for 30.
 *
 * @param tokenHash from `sessionTokenHash()`: who is asking
 * @returns null when nobody is signed in
 */
export async function readDashboard(tokenHash: string | null): Promise<Dashboard | null> {
  if (!tokenHash) return null;
  const rows = await db().$queryRaw<Row[]>`
    SELECT s."userId", s."lastSeenAt" < now() - interval '5 minutes' AS "sessionSeenStale", g."id", g."state"::text AS "state",
      g."webflowUserId", a."name", a."email", g."requestedScopes", g."scopes", g."siteIds", g."workspaceIds", g."sites",
      g."activatedAt", g."checkedAt", g."revokingAt", g."endedAt",
      -- What an unclear check leaves (lib/grants/check.ts): no lease, but a pause.
      g."state" = 'ACTIVE' AND g."leaseId" IS NULL AND coalesce(g."leaseUntil" > now(), false) AS "checkUnclear"
    FROM "Session" s
    LEFT JOIN "Grant" g ON g."userId" = s."userId" AND (g."state" = 'ABANDONED' OR g."replacedById" IS NULL AND (
      g."state" IN ('ACTIVE', 'REVOKING')
      OR (g."state" = 'REVOKED' AND g."endedAt" > now() - interval '1 day')
      OR (g."state" = 'LOST' AND g."endedAt" > now() - interval '30 days')))
    LEFT JOIN "Account" a ON a."provider" = 'webflow' AND a."providerAccountId" = g."webflowUserId"
    WHERE s."tokenHash" = ${tokenHash} AND s."expires" > now()
    ORDER BY g."activatedAt" DESC`;
  const [first] = rows;
  if (!first) return null;
  return {
    userId: first.userId,
    sessionSeenStale: first.sessionSeenStale,
    connections: rows.flatMap((row) => (row.id === null ? [] : [toConnection(row.id, row)])),
  };
}

function toConnection(id: string, row: Row): Connection {
  const asked = env().WEBFLOW_SCOPES;
  return {
    id,
    state: states[row.state],
    webflowUser: { id: row.webflowUserId, name: row.name, email: row.email },
    sites: sitesOf(row),
    workspaceIds: row.workspaceIds,
    scopes: row.scopes,
    missingScopes: asked.filter((scope) => !row.scopes.includes(scope)),
    extraScopes: row.scopes.filter((scope) => !asked.includes(scope) && !row.requestedScopes.includes(scope)),
    connectedAt: row.activatedAt,
    checkedAt: row.checkedAt,
    checkUnclear: row.checkUnclear,
    disconnectRequestedAt: row.revokingAt,
    endedAt: row.endedAt,
  };
}

/** The granted sites, by name where Webflow listed them; all that it listed where a whole workspace was granted. */
function sitesOf({ siteIds, sites }: Row): ConnectedSite[] {
  if (siteIds.length === 0) return sites;
  return siteIds.map(
    (id) =>
      sites.find((site) => site.id === id) ?? {
        id,
        name: null,
        workspaceId: null,
        shortName: null,
        previewUrl: null,
      },
  );
}
