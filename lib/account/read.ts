import "server-only";
import { listSessions, type SessionList } from "@/lib/auth/sessions";
import { db } from "@/lib/db";
import { isSeenStale } from "@/lib/stale";

/** How long it is news that a Webflow user has joined an account. */
const joinedIsNewsMinutes = 5;

export interface AccountView extends SessionList {
  userId: string;
  /** The Webflow users that this person signs in as, oldest first: with that one the User was made, the others can be unlinked. */
  webflowUsers: {
    accountId: string;
    id: string;
    name: string | null;
    email: string | null;
    /** Whether it came here within the last minutes. */
    isNew: boolean;
  }[];
  /** Whether it is five minutes or more since this session was noted to be in use (`noteUse`). */
  sessionSeenStale: boolean;
}

/**
 * Who this person is here, and where they are signed in. Two SQL statements.
 *
 * @param tokenHash from `sessionTokenHash()`: who is asking
 * @returns null when nobody is signed in
 */
export async function readAccount(tokenHash: string): Promise<AccountView | null> {
  const rows = await db().$queryRaw<
    {
      userId: string;
      sessionSeenStale: boolean;
      accountId: string | null;
      id: string | null;
      name: string | null;
      email: string | null;
      isNew: boolean | null;
    }[]
  >`
    SELECT s."userId", ${isSeenStale} AS "sessionSeenStale", a."id" AS "accountId", a."providerAccountId" AS "id", a."name", a."email",
      a."createdAt" > now() - make_interval(mins => ${joinedIsNewsMinutes}::int) AS "isNew"
    FROM "Session" s LEFT JOIN "Account" a ON a."userId" = s."userId" AND a."provider" = 'webflow'
    WHERE s."tokenHash" = ${tokenHash} AND s."expires" > now() ORDER BY a."createdAt", a."id"`;
  const [first] = rows;
  if (!first) return null;
  const { userId, sessionSeenStale } = first;
  return {
    userId,
    sessionSeenStale,
    webflowUsers: rows.flatMap(({ accountId, id, name, email, isNew }) =>
      accountId === null || id === null ? [] : [{ accountId, id, name, email, isNew: isNew === true }],
    ),
    ...(await listSessions(userId, tokenHash)),
  };
}
