import "server-only";
import { db } from "@/lib/db";

/** How many rows are read at a time: a connection may list thousands of sites, in a megabyte. */
const batch = { connections: 5, others: 500 };

/**
 * Everything stored about a User, for them to take along: a JSON text, piece by piece, because there is no end to what somebody may
 * have connected and done in a year. What is left out opens something (sealed tokens, hashes of session tokens) or is only about our
 * own work (leases, attempts). No piece at all when they are deleted.
 */
export async function* readPersonalData(userId: string): AsyncGenerator<string> {
  const user = await db().user.findUnique({ where: { id: userId }, select: { id: true, createdAt: true } });
  if (!user) return;
  yield `{\n"user": ${toText(user)}`;
  const lists = {
    webflowUsers: batchesOf(readAccounts, userId),
    sessions: batchesOf(readSessions, userId),
    connections: batchesOf(readGrants, userId),
    activity: batchesOf(readActivity, userId),
  };
  for (const [name, rows] of Object.entries(lists)) {
    yield `,\n"${name}": [`;
    let separator = "\n";
    for await (const some of rows) {
      yield separator + some.map(toText).join(",\n");
      separator = ",\n";
    }
    yield "\n]";
  }
  yield "\n}\n";
}

function toText(value: object): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? one.toString() : one), 2);
}

/** Row after row by an order in which no two are alike, so that what goes or comes meanwhile moves none of the others. */
async function* batchesOf<Row extends object>(
  read: (userId: string, after: Row | undefined) => Promise<Row[]>,
  userId: string,
): AsyncGenerator<Row[]> {
  for (let rows = await read(userId, undefined); rows.length > 0; rows = await read(userId, rows.at(-1)))
    yield rows;
}

function readAccounts(userId: string, after: { provider: string; providerAccountId: string } | undefined) {
  const later = after && [
    { provider: { gt: after.provider } },
    { provider: after.provider, providerAccountId: { gt: after.providerAccountId } },
  ];
  return db().account.findMany({
    where: { userId, ...(later && { OR: later }) },
    orderBy: [{ provider: "asc" }, { providerAccountId: "asc" }],
    take: batch.others,
    select: {
      provider: true,
      providerAccountId: true,
      name: true,
      email: true,
      createdAt: true,
      updatedAt: true,
    },
  });
}

function readSessions(userId: string, after: { id: string } | undefined) {
  return db().session.findMany({
    where: { userId, ...(after && { id: { gt: after.id } }) },
    orderBy: { id: "asc" },
    take: batch.others,
    select: { id: true, userAgent: true, createdAt: true, lastSeenAt: true, expires: true },
  });
}

function readGrants(userId: string, after: { id: string; receivedAt: Date } | undefined) {
  const later = after && [
    { receivedAt: { gt: after.receivedAt } },
    { receivedAt: after.receivedAt, id: { gt: after.id } },
  ];
  return db().grant.findMany({
    where: { userId, ...(later && { OR: later }) },
    orderBy: [{ receivedAt: "asc" }, { id: "asc" }],
    take: batch.connections,
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
  });
}

function readActivity(userId: string, after: { id: bigint } | undefined) {
  return db().activity.findMany({
    where: { userId, ...(after && { id: { gt: after.id } }) },
    orderBy: { id: "asc" },
    take: batch.others,
    select: { id: true, grantId: true, type: true, detail: true, at: true },
  });
}
