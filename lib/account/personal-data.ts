import "server-only";
import { db } from "@/lib/db";

/**
 * Everything stored about a User, for them to take along: plain values, ready for JSON. What is left out opens something
 * (sealed tokens, hashes of session tokens) or is only about our own work (leases, attempts). Null when they are deleted.
 */
export async function readPersonalData(userId: string) {
  const user = await db().user.findUnique({
    where: { id: userId },
    select: {
      id: true,
      createdAt: true,
      accounts: {
        select: {
          provider: true,
          providerAccountId: true,
          name: true,
          email: true,
          createdAt: true,
          updatedAt: true,
        },
      },
      sessions: { select: { id: true, userAgent: true, createdAt: true, lastSeenAt: true, expires: true } },
      grants: {
        orderBy: { receivedAt: "asc" },
        select: {
          id: true,
          state: true,
          webflowUserId: true,
          authorizationId: true,
          requestedScopes: true,
          scopes: true,
          workspaceIds: true,
          siteIds: true,
          sites: true,
          receivedAt: true,
          activatedAt: true,
          checkedAt: true,
          revokeReason: true,
          revokingAt: true,
          endedAt: true,
        },
      },
      activity: {
        orderBy: { id: "asc" },
        select: { id: true, grantId: true, type: true, detail: true, at: true },
      },
    },
  });
  if (!user) return null;
  const { accounts, sessions, grants, activity, ...rest } = user;
  return {
    user: rest,
    webflowUsers: accounts,
    sessions,
    connections: grants,
    // JSON knows no bigint.
    activity: activity.map((event) => ({ ...event, id: event.id.toString() })),
  };
}
