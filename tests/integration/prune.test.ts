import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Domain, startDomain } from "../support/domain";
import { endTransactions, openTransaction } from "../support/locks";

let domain: Domain;
let grants: Domain["grants"];

beforeAll(async () => {
  domain = await startDomain();
  grants = domain.grants;
});
afterEach(async () => {
  await endTransactions();
  await domain.reset();
});
afterAll(() => domain?.stop());

const query = <Row extends object>(sql: string, values: unknown[] = []) =>
  domain.database.query<Row>(sql, values);

/** Moves everything that is known of this User into the past. */
async function age(userId: string, days: number): Promise<void> {
  for (const [table, columns] of [
    ["Grant", ["receivedAt", "activatedAt", "revokingAt", "endedAt", "checkedAt", "nextAttemptAt"]],
    ["Activity", ["at"]],
  ] as const) {
    const changes = columns.map((column) => `"${column}" = "${column}" - make_interval(days => $2::int)`);
    await query(`UPDATE "${table}" SET ${changes.join(", ")} WHERE "userId" = $1::uuid`, [userId, days]);
  }
}

const countOf = async (table: "Grant" | "Activity") =>
  (await query<{ count: number }>(`SELECT count(*)::int AS count FROM "${table}"`))[0]?.count;

describe("after a year", () => {
  test("a connection that is proven dead, and what happened to it, are forgotten", async () => {
    const { userId, grantId } = await domain.connect();
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    expect(await domain.stateOf(grantId)).toBe("REVOKED");
    await age(userId, 366);
    await grants.sweep();
    expect(await countOf("Grant")).toBe(0);
    expect(await countOf("Activity")).toBe(0);
  });

  test.each(["ACTIVE", "REVOKING", "ABANDONED"])(
    "a Grant that is %s stays, and its token with it",
    async (state) => {
      const { userId, grantId } = await domain.connect();
      await query(
        `UPDATE "Grant" SET "state" = $2::"GrantState", "revokingAt" = now(), "endedAt" = now() WHERE "id" = $1::uuid`,
        [grantId, state],
      );
      await age(userId, 3_650);
      await grants.prune();
      const [row] = await query<{ sealedToken: string | null }>(`SELECT "sealedToken" FROM "Grant"`);
      expect(row?.sealedToken).not.toBeNull();
    },
  );
});

test("before a year is over nothing that happened is forgotten", async () => {
  const { userId, grantId } = await domain.connect();
  await grants.requestDisconnect(userId, grantId);
  await grants.revokeNow(grantId);
  await age(userId, 364);
  const before = await countOf("Activity");
  await grants.sweep();
  expect(await countOf("Grant")).toBe(1);
  expect(await countOf("Activity")).toBe(before);
});

test("a sweep that finds nothing to forget writes nothing: what is young is not even locked", async () => {
  const { userId } = await domain.connect();
  await query(
    `INSERT INTO "Activity" ("userId", "type") SELECT $1::uuid, 'CHECKED' FROM generate_series(1, 50)`,
    [userId],
  );
  expect(await grants.prune()).toBe(0);
  // A row's xmax names whoever last locked or changed it.
  expect(await query(`SELECT "id" FROM "Activity" WHERE xmax <> 0`)).toEqual([]);
});

test("that somebody's token was revoked is forgotten when no sign-in can be looking for it any more", async () => {
  const { userId, grantId } = await domain.connect();
  await grants.requestDisconnect(userId, grantId);
  await grants.revokeNow(grantId);
  expect(await grants.prune()).toBe(0);
  await query(`UPDATE "RecentRevocation" SET "at" = now() - interval '61 minutes'`);
  expect(await grants.prune()).toBe(1);
  expect(await query(`SELECT FROM "RecentRevocation"`)).toEqual([]);
});

test("two sweeps at once do not wait for each other's rows", async () => {
  await query(
    `INSERT INTO "RateLimit" ("key", "count", "resetAt") SELECT n::text, 1, now() - interval '1 hour' FROM generate_series(1, 2) AS n`,
  );
  const other = await openTransaction(
    domain.database,
    `SELECT FROM "RateLimit" WHERE "key" = '1' FOR UPDATE`,
  );
  expect(await grants.prune()).toBe(1);
  expect(await query(`SELECT "key" FROM "RateLimit"`)).toEqual([{ key: "1" }]);
  await other.commit();
  expect(await grants.prune()).toBe(1);
});

test("a sweep forgets any number of rows, a thousand at a time, and stops at the first that is young", async () => {
  const { userId } = await domain.connect();
  const young = await countOf("Activity");
  await query(
    `INSERT INTO "Activity" ("id", "userId", "type", "at") SELECT -n, $1::uuid, 'CHECKED', now() - interval '2 years'
     FROM generate_series(1, 2500) AS n`,
    [userId],
  );
  expect(await grants.prune()).toBe(1_000);
  const { pruned, more } = await grants.sweep();
  expect({ pruned, more }).toEqual({ pruned: 1_500, more: false });
  expect(await countOf("Activity")).toBe(young);
});
