import { createHash, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { setEnvironment } from "../support/environment";

let database: TestDatabase;
let readActivity: typeof import("@/lib/grants/activity").readActivity;

beforeAll(async () => {
  database = await createDatabase();
  setEnvironment({ DATABASE_URL: database.url });
  ({ readActivity } = await import("@/lib/grants/activity"));
});
afterEach(() => database.query(`TRUNCATE "User", "Grant" CASCADE`));
afterAll(async () => {
  await (await import("@/lib/db")).db().$disconnect();
  await database.drop();
});

/** Somebody who is signed in: their User id, and what a page knows of their session. */
async function signIn(): Promise<{ userId: string; tokenHash: string }> {
  const userId = randomUUID();
  const tokenHash = createHash("sha256").update(userId).digest("hex");
  await database.query(`INSERT INTO "User" ("id") VALUES ($1)`, [userId]);
  await database.query(
    `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ($1, $2, now() + interval '1 day')`,
    [tokenHash, userId],
  );
  return { userId, tokenHash };
}

async function happen(userId: string, times: number): Promise<void> {
  await database.query(
    `INSERT INTO "Activity" ("userId", "type") SELECT $1::uuid, 'CHECKED' FROM generate_series(1, $2::int)`,
    [userId, times],
  );
}

describe("the activity of a person", () => {
  test("is paged without a gap or a double, also when something happens between two pages", async () => {
    const { userId, tokenHash } = await signIn();
    await happen(userId, 65);
    const seen: string[] = [];
    let before: string | null = null;
    const sizes: number[] = [];
    do {
      const page = await readActivity(tokenHash, before);
      if (!page) throw new Error("signed in, so there is a page");
      sizes.push(page.events.length);
      seen.push(...page.events.map(({ id }) => id));
      before = page.before;
      await happen(userId, 1);
    } while (before);
    expect(sizes).toEqual([30, 30, 5]);
    expect(new Set(seen).size).toBe(65);
    expect(seen.map(BigInt)).toEqual(seen.map(BigInt).sort((a, b) => (a < b ? 1 : -1)));
  });

  test("is theirs alone, and nobody's without a session", async () => {
    const [ada, bob] = [await signIn(), await signIn()];
    await happen(ada.userId, 3);
    expect((await readActivity(ada.tokenHash, null))?.events).toHaveLength(3);
    expect(await readActivity(bob.tokenHash, null)).toMatchObject({ events: [], before: null });
    expect(await readActivity(null, null)).toBeNull();
    expect(await readActivity("of nobody", null)).toBeNull();
    await database.query(`UPDATE "Session" SET "expires" = now() - interval '1 second'`);
    expect(await readActivity(ada.tokenHash, null)).toBeNull();
  });

  test("says whose connection it was, and outlives the connection", async () => {
    const { userId, tokenHash } = await signIn();
    const grantId = randomUUID();
    await database.query(
      `INSERT INTO "Account" ("userId", "provider", "providerAccountId", "name") VALUES ($1, 'webflow', 'w1', 'Ada')`,
      [userId],
    );
    await database.query(
      `INSERT INTO "Grant" ("id", "userId", "webflowUserId", "state", "fingerprint") VALUES ($1, $2, 'w1', 'REVOKED', 'f')`,
      [grantId, userId],
    );
    await database.query(
      `INSERT INTO "Activity" ("userId", "grantId", "type") VALUES ($1, $2, 'DISCONNECTED')`,
      [userId, grantId],
    );
    const read = async () => (await readActivity(tokenHash, null))?.events[0];
    expect(await read()).toMatchObject({ webflowUser: { id: "w1", name: "Ada", email: null } });
    await database.query(`DELETE FROM "Grant"`);
    expect(await read()).toMatchObject({ type: "DISCONNECTED", webflowUser: null });
  });

  test("of an odd detail keeps what can be read", async () => {
    const { userId, tokenHash } = await signIn();
    for (const detail of [{ added: ["a"], removed: 3 }, "text", { elsewhere: "yes" }]) {
      await database.query(
        `INSERT INTO "Activity" ("userId", "type", "detail") VALUES ($1, 'SITES_CHANGED', $2)`,
        [userId, JSON.stringify(detail)],
      );
    }
    const events = (await readActivity(tokenHash, null))?.events ?? [];
    expect(events.map(({ added, removed, elsewhere }) => ({ added, removed, elsewhere }))).toEqual([
      { added: [], removed: [], elsewhere: false },
      { added: [], removed: [], elsewhere: false },
      { added: ["a"], removed: [], elsewhere: false },
    ]);
  });
});
