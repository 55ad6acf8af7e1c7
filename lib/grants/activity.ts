import "server-only";
import { z } from "zod";
import { db } from "@/lib/db";
import type { ActivityType } from "@/lib/generated/prisma/client";
import { isSeenStale } from "@/lib/stale";

/** One thing that happened to a User, ready to be put into a sentence. Holds no token. */
export interface ActivityEvent {
  id: string;
  type: ActivityType;
  at: Date;
  /** Whose connection it is about, or who was unlinked. Null for signing in and out, and when the connection is no longer known. */
  webflowUser: { id: string; name: string | null; email: string | null } | null;
  /** What came (scope ids, site names) and what went, where the event tells. */
  added: string[];
  removed: string[];
  /** Signed out by the same person in another browser. */
  elsewhere: boolean;
}

export interface ActivityPage {
  /** Newest first. */
  events: ActivityEvent[];
  /** What to ask with for the next page; null at the end. */
  before: string | null;
  /** Whether it is five minutes or more since this session was noted to be in use (`noteUse`). */
  sessionSeenStale: boolean;
}

const eventsPerPage = 30;

const words = z.array(z.string()).catch([]);
const webflowUserSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
});
const detailSchema = z
  .object({
    added: words,
    removed: words,
    elsewhere: z.boolean().catch(false),
    webflowUser: webflowUserSchema.nullable().catch(null),
  })
  .catch({ added: [], removed: [], elsewhere: false, webflowUser: null });

interface Row {
  sessionSeenStale: boolean;
  id: bigint | null;
  type: ActivityType;
  detail: unknown;
  at: Date;
  webflowUserId: string | null;
  name: string | null;
  email: string | null;
}

/**
 * One page of what happened, in one SQL statement together with who asks. Paged by the id of the last event seen, so that
 * a page costs the same however long the history is, and nothing is skipped or doubled when something happens meanwhile.
 *
 * @param tokenHash from `sessionTokenHash()`: who is asking
 * @param before the id that the last page ended with, or null for the newest
 * @returns null when nobody is signed in
 */
export async function readActivity(
  tokenHash: string | null,
  before: string | null,
): Promise<ActivityPage | null> {
  if (!tokenHash) return null;
  const rows = await db().$queryRaw<Row[]>`
    SELECT ${isSeenStale} AS "sessionSeenStale", e."id", e."type"::text AS "type", e."detail", e."at", g."webflowUserId", a."name", a."email"
    FROM "Session" s
    LEFT JOIN LATERAL (
      SELECT * FROM "Activity"
      WHERE "userId" = s."userId" AND "id" < coalesce(${before}::bigint, 9223372036854775807)
      ORDER BY "id" DESC LIMIT ${eventsPerPage + 1}
    ) e ON true
    LEFT JOIN "Grant" g ON g."id" = e."grantId" AND g."userId" = s."userId"
    LEFT JOIN "Account" a ON a."provider" = 'webflow' AND a."providerAccountId" = g."webflowUserId" AND a."userId" = g."userId"
    WHERE s."tokenHash" = ${tokenHash} AND s."expires" > now()
    ORDER BY e."id" DESC`;
  const [first] = rows;
  if (!first) return null;
  const all = rows.flatMap((row) => (row.id === null ? [] : [toEvent(row.id, row)]));
  const events = all.slice(0, eventsPerPage);
  return {
    events,
    before: all.length > eventsPerPage ? (events.at(-1)?.id ?? null) : null,
    sessionSeenStale: first.sessionSeenStale,
  };
}

function toEvent(id: bigint, { type, at, detail, webflowUserId, name, email }: Row): ActivityEvent {
  const { webflowUser, ...facts } = detailSchema.parse(detail);
  return {
    id: id.toString(),
    type,
    at,
    webflowUser: webflowUserId === null ? webflowUser : { id: webflowUserId, name, email },
    ...facts,
  };
}
