import "server-only";
import { sessionTokenHash } from "@/lib/auth/session";
import { noteUse } from "@/lib/auth/session-life";
import { queryRows } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { isSeenStale } from "@/lib/stale";
import type { AccountView } from "./read";

/** Somebody who is signed in, as whom: their Webflow users, the one that their User was made with first. */
export type Visitor = Pick<AccountView["webflowUsers"][number], "id" | "name" | "email">[];

/**
 * Who is signed in in this browser, for a page that is there for everybody. One SQL statement, and none for a browser that sends
 * no session token.
 *
 * @returns null for nobody, and when the database does not answer: such a page needs none
 */
export async function readVisitor(): Promise<Visitor | null> {
  const tokenHash = await sessionTokenHash();
  if (!tokenHash) return null;
  try {
    const [session] = await queryRows<{ webflowUsers: Visitor; sessionSeenStale: boolean }>(Prisma.sql`
      SELECT ${isSeenStale} AS "sessionSeenStale", (SELECT coalesce(json_agg(shown), '[]') FROM (
        SELECT "providerAccountId" AS "id", "name", "email" FROM "Account"
        WHERE "userId" = s."userId" AND "provider" = 'webflow' ORDER BY "createdAt", "id"
      ) shown) AS "webflowUsers"
      FROM "Session" s WHERE s."tokenHash" = ${tokenHash} AND s."expires" > now()`);
    if (!session) return null;
    await noteUse(tokenHash, session);
    return session.webflowUsers;
  } catch (error) {
    log.warn("visitor_unknown", { error: errorName(error) });
    return null;
  }
}
