import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Domain, mira, startDomain } from "../support/domain";

let domain: Domain;
let readPersonalData: typeof import("@/lib/account/personal-data").readPersonalData;

beforeAll(async () => {
  domain = await startDomain();
  ({ readPersonalData } = await import("@/lib/account/personal-data"));
});
afterEach(() => domain.reset());
afterAll(() => domain?.stop());

async function piecesOf(userId: string): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of readPersonalData(userId)) pieces.push(piece);
  return pieces;
}

test("the data of somebody with far more than is read at a time is all there, once, and in no large piece", async () => {
  const { userId } = await domain.connect({ userId: mira });
  const count = { connections: 23, activity: 1_700, sessions: 1_200, webflowUsers: 900 };
  const { query } = domain.database;
  // Many at one moment: the time alone does not tell which come next.
  await query(
    `INSERT INTO "Grant" ("id", "userId", "state", "fingerprint", "sites", "receivedAt")
     SELECT gen_random_uuid(), $1, 'REVOKED', n::text, jsonb_build_array(jsonb_build_object('name', repeat('x', 100000))),
       '2026-01-01'::timestamptz + make_interval(days => n / 10) FROM generate_series(2, $2::int) n`,
    [userId, count.connections],
  );
  await query(
    `INSERT INTO "Activity" ("userId", "type") SELECT $1, 'CHECKED' FROM generate_series(1, $2::int - (SELECT count(*)::int FROM "Activity"))`,
    [userId, count.activity],
  );
  await query(
    `INSERT INTO "Session" ("tokenHash", "userId", "expires") SELECT n::text, $1, now() FROM generate_series(1, $2::int) n`,
    [userId, count.sessions],
  );
  await query(
    `INSERT INTO "Account" ("userId", "provider", "providerAccountId")
     SELECT $1, 'another ' || n % 3, (n / 3)::text FROM generate_series(2, $2::int) n`,
    [userId, count.webflowUsers],
  );
  const pieces = await piecesOf(userId);
  const { user, ...lists } = JSON.parse(pieces.join(""));
  expect(user.id).toBe(userId);
  for (const [name, expected] of Object.entries(count)) {
    expect(lists[name], name).toHaveLength(expected);
    expect(new Set(lists[name].map((row: object) => JSON.stringify(row))).size, name).toBe(expected);
  }
  const times = lists.connections.map(({ receivedAt }: { receivedAt: string }) => receivedAt);
  expect(times).toEqual(times.toSorted());
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(600_000);
});

test("there is no piece of the data of nobody", async () => {
  expect(await piecesOf("00000000-0000-4000-8000-000000000000")).toEqual([]);
});
