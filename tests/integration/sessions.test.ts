import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { setEnvironment } from "../support/environment";
import { endTransactions, openTransaction, whenWaiting } from "../support/locks";

let database: TestDatabase;
let sessions: typeof import("@/lib/auth/sessions");
let touchSession: typeof import("@/lib/auth/session-life").touchSession;
let adapter: import("next-auth/adapters").Adapter;
let readDashboard: typeof import("@/lib/grants/read").readDashboard;
let hashOf: typeof import("@/lib/auth/session").hashOf;
let db: typeof import("@/lib/db").db;
let inTransaction: typeof import("@/lib/db").inTransaction;

beforeAll(async () => {
  database = await createDatabase();
  setEnvironment({ DATABASE_URL: database.url });
  sessions = await import("@/lib/auth/sessions");
  ({ touchSession } = await import("@/lib/auth/session-life"));
  adapter = (await import("@/lib/auth/adapter")).webflowAdapter();
  ({ readDashboard } = await import("@/lib/grants/read"));
  ({ hashOf } = await import("@/lib/auth/session"));
  ({ db, inTransaction } = await import("@/lib/db"));
});
afterEach(() => database.query(`TRUNCATE "User" CASCADE`));
afterAll(async () => {
  await endTransactions();
  await db?.().$disconnect();
  await database?.drop();
});

async function createUser(): Promise<string> {
  const [user] = await database.query<{ id: string }>(`INSERT INTO "User" DEFAULT VALUES RETURNING "id"`);
  return user?.id ?? "";
}

interface SignIn {
  userAgent?: string;
  /** The token that the browser came with. */
  from?: string;
}

/** What the last step of a callback knows, when a browser that came with this token, or none, gets that one. */
const flowOf = (userId: string, sessionToken: string, { userAgent, from }: SignIn = {}) => ({
  startedBy: from ? userId : null,
  sessionTokenHash: from ? hashOf(from) : null,
  sessionToken,
  userAgent: userAgent ?? null,
});

/** Signs in as the last step of a callback does. Answers the token that the browser gets. */
async function signIn(userId: string, how: SignIn = {}): Promise<string> {
  const sessionToken = randomBytes(32).toString("base64url");
  await inTransaction((query) => sessions.beginSession(query, userId, flowOf(userId, sessionToken, how)));
  return sessionToken;
}

const isSignedIn = async (token: string) => (await readDashboard(hashOf(token))) !== null;
const activity = async () =>
  (await database.query<{ type: string }>(`SELECT "type"::text AS type FROM "Activity" ORDER BY "id"`)).map(
    ({ type }) => type,
  );
/** Moves a session's past back, as if this many days had gone by. */
const age = (token: string, days: number) =>
  database.query(
    `UPDATE "Session" SET "createdAt" = "createdAt" - make_interval(days => $2), "expires" = "expires" - make_interval(days => $2),
      "lastSeenAt" = "lastSeenAt" - make_interval(days => $2) WHERE "tokenHash" = $1`,
    [hashOf(token), days],
  );

describe("a session", () => {
  test("ends after a week without use", async () => {
    const token = await signIn(await createUser());
    await age(token, 6);
    expect(await isSignedIn(token)).toBe(true);
    await age(token, 1);
    expect(await isSignedIn(token)).toBe(false);
    expect(await adapter.getSessionAndUser?.(token)).toBeNull();
  });

  test("that is used goes on, but for 30 days at most", async () => {
    const token = await signIn(await createUser());
    for (let day = 0; day < 30; day += 5) {
      expect(await isSignedIn(token)).toBe(true);
      await touchSession(hashOf(token));
      await age(token, 5);
    }
    await touchSession(hashOf(token));
    expect(await isSignedIn(token)).toBe(false);
  });

  test("that has run out is not revived by a late note of its use", async () => {
    const token = await signIn(await createUser());
    await age(token, 8);
    await touchSession(hashOf(token));
    expect(await isSignedIn(token)).toBe(false);
  });

  test("asks to be noted only when the last note is five minutes old", async () => {
    const token = await signIn(await createUser());
    expect(await readDashboard(hashOf(token))).toMatchObject({ sessionSeenStale: false });
    await database.query(`UPDATE "Session" SET "lastSeenAt" = now() - interval '6 minutes'`);
    expect(await readDashboard(hashOf(token))).toMatchObject({ sessionSeenStale: true });
    await touchSession(hashOf(token));
    expect(await readDashboard(hashOf(token))).toMatchObject({ sessionSeenStale: false });
  });

  test("is replaced at the next sign-in of the same browser: the old token is dead", async () => {
    const userId = await createUser();
    const old = await signIn(userId);
    const elsewhere = await signIn(userId);
    const token = await signIn(userId, { from: old });
    expect([await isSignedIn(old), await isSignedIn(elsewhere), await isSignedIn(token)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe("a session whose token is replaced while a callback of it is under way", () => {
  test("ends when it would have ended, and tells of no sign-in", async () => {
    const userId = await createUser();
    const old = await signIn(userId);
    await age(old, 6);
    const before = await database.query(`SELECT "id", "createdAt" FROM "Session"`);
    let token = await signIn(userId, { from: old });
    expect(await database.query(`SELECT "id", "createdAt" FROM "Session"`)).toEqual(before);
    for (let day = 6; day < 30; day += 6) {
      await age(token, 6);
      if (day < 24) token = await signIn(userId, { from: token });
    }
    expect(await isSignedIn(token)).toBe(false);
    expect(await activity()).toEqual(["SIGNED_IN"]);
  });

  test("is not made again when it was signed out, or has run out", async () => {
    const userId = await createUser();
    const here = await signIn(userId);
    const over = await signIn(userId);
    const there = await signIn(userId);
    await sessions.endOtherSessions(userId, hashOf(here));
    await expect(signIn(userId, { from: there })).rejects.toMatchObject({ code: "session_changed" });
    await age(here, 8);
    for (const from of [here, over])
      await expect(signIn(userId, { from })).rejects.toMatchObject({ code: "session_changed" });
    expect(await database.count("Session")).toBe(1);
  });

  test("is replaced once: of two callbacks at once the second ends without a session", async () => {
    const userId = await createUser();
    const old = await signIn(userId);
    const both = await Promise.allSettled([signIn(userId, { from: old }), signIn(userId, { from: old })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await database.count("Session")).toBe(1);
  });

  // Each way of signing out, as a transaction of another instance that has to wait for the callback, or makes it wait.
  const ways: [string, (userId: string, old: string, here: string) => Promise<unknown>][] = [
    [
      "out there",
      async (userId, _, here) => sessions.endSession(userId, (await theOtherOf(userId)) ?? "", hashOf(here)),
    ],
    ["out everywhere else", async (userId, _, here) => sessions.endOtherSessions(userId, hashOf(here))],
    ["out in its own browser", async (_userId, old) => sessions.endOwnSession(hashOf(old))],
  ];
  let here = "";
  const theOtherOf = async (userId: string) =>
    (await sessions.listSessions(userId, hashOf(here))).sessions.find(({ current }) => !current)?.id;

  test.each(ways)("is signed %s although the callback was first and is not done", async (_, signOut) => {
    const userId = await createUser();
    here = await signIn(userId);
    const old = await signIn(userId);
    const token = randomBytes(32).toString("base64url");
    let signedOut: Promise<unknown> = Promise.resolve();
    await inTransaction(async (query) => {
      await sessions.beginSession(query, userId, flowOf(userId, token, { from: old }));
      signedOut = signOut(userId, old, here);
      await whenWaiting(database, 1);
    });
    await signedOut;
    expect([await isSignedIn(token), await isSignedIn(old), await isSignedIn(here)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("is signed out in its own browser although that has not heard of the new token yet", async () => {
    const userId = await createUser();
    const old = await signIn(userId);
    const token = await signIn(userId, { from: old });
    await sessions.endOwnSession(hashOf(old));
    expect(await isSignedIn(token)).toBe(false);
    expect(await activity()).toEqual(["SIGNED_IN", "SIGNED_OUT"]);
  });

  test("is signed out with the token that was replaced last, and with none before it", async () => {
    const userId = await createUser();
    const first = await signIn(userId);
    const second = await signIn(userId, { from: first });
    const token = await signIn(userId, { from: second });
    await sessions.endOwnSession(hashOf(first));
    expect(await isSignedIn(token)).toBe(true);
    await sessions.endOwnSession(hashOf(second));
    expect(await isSignedIn(token)).toBe(false);
  });

  test("is signed out when that was first and is not done: the callback waits, and signs nobody in", async () => {
    const userId = await createUser();
    const old = await signIn(userId);
    const signingOut = await openTransaction(database, `DELETE FROM "Session" WHERE "tokenHash" = $1`, [
      hashOf(old),
    ]);
    const callback = signIn(userId, { from: old });
    const refused = expect(callback).rejects.toMatchObject({ code: "session_changed" });
    await whenWaiting(database, 1);
    await signingOut.commit();
    await refused;
    expect(await database.count("Session")).toBe(0);
  });
});

describe("the list of sessions", () => {
  test("shows where this User is signed in, which one asks, and no token", async () => {
    const userId = await createUser();
    const here = await signIn(userId, { userAgent: "Firefox" });
    const there = await signIn(userId, { userAgent: `${"x".repeat(300)}` });
    const over = await signIn(userId);
    await age(over, 8);
    await signIn(await createUser());
    const { sessions: list, sessionCount } = await sessions.listSessions(userId, hashOf(here));
    expect([list.length, sessionCount]).toEqual([2, 2]);
    expect(list.find(({ current }) => current)).toMatchObject({ userAgent: "Firefox" });
    expect(list.find(({ current }) => !current)?.userAgent).toHaveLength(256);
    for (const secret of [here, there, hashOf(here), hashOf(there)])
      expect(JSON.stringify(list)).not.toContain(secret);
  });

  test("is no longer than 50, however many there are: the one that asks, then the last used", async () => {
    const userId = await createUser();
    const here = await signIn(userId);
    await database.query(
      `INSERT INTO "Session" ("tokenHash", "userId", "userAgent", "lastSeenAt", "expires")
       SELECT 'other ' || n, $1, n, now() + make_interval(mins => n), now() + interval '1 day' FROM generate_series(1, 60) n`,
      [userId],
    );
    const { sessions: list, sessionCount } = await sessions.listSessions(userId, hashOf(here));
    expect(sessionCount).toBe(61);
    expect(list.map(({ current, userAgent }) => (current ? "here" : userAgent))).toEqual([
      "here",
      ...Array.from({ length: 49 }, (_, index) => `${60 - index}`),
    ]);
  });

  test("ends one session of one's own, at once and for good", async () => {
    const userId = await createUser();
    const here = await signIn(userId);
    const there = await signIn(userId);
    const list = (await sessions.listSessions(userId, hashOf(here))).sessions;
    const other = list.find(({ current }) => !current);
    expect(await sessions.endSession(userId, other?.id ?? "", hashOf(here))).toBe(true);
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
    expect(await sessions.endSession(userId, other?.id ?? "", hashOf(here))).toBe(false);
  });

  test("ends nobody else's, and says no more of it than of one that never was", async () => {
    const theirs = await signIn(await createUser());
    const [row] = await database.query<{ id: string }>(`SELECT "id" FROM "Session"`);
    const userId = await createUser();
    const here = await signIn(userId);
    for (const id of [row?.id ?? "", randomUUID()])
      expect(await sessions.endSession(userId, id, hashOf(here))).toBe(false);
    for (const asking of [here, "nothing"])
      expect(await sessions.endOtherSessions(userId, hashOf(asking))).toBe(0);
    expect(await isSignedIn(theirs)).toBe(true);
  });

  test("ends none by a session that has itself been ended, whatever it was about to do", async () => {
    const userId = await createUser();
    const [here, ended] = [await signIn(userId), await signIn(userId)];
    const list = (await sessions.listSessions(userId, hashOf(here))).sessions;
    await sessions.endOwnSession(hashOf(ended));
    const own = list.find(({ current }) => current)?.id ?? "";
    expect(await sessions.endSession(userId, own, hashOf(ended))).toBe(false);
    expect(await sessions.endOtherSessions(userId, hashOf(ended))).toBe(0);
    expect(await isSignedIn(here)).toBe(true);
  });

  test("ends them one after the other: who was ended while they waited ends nobody", async () => {
    const userId = await createUser();
    const [here, there] = [await signIn(userId), await signIn(userId)];
    const lock = await openTransaction(
      database,
      "SELECT pg_advisory_xact_lock(hashtextextended('user:' || $1, 0))",
      [userId],
    );
    const first = sessions.endOtherSessions(userId, hashOf(here));
    await whenWaiting(database, 1);
    const second = sessions.endOtherSessions(userId, hashOf(there));
    await whenWaiting(database, 2);
    await lock.commit();
    expect([await first, await second]).toEqual([1, 0]);
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
  });

  test("leaves one of many who all end each other at once, and nobody waits in a circle", async () => {
    for (let round = 0; round < 10; round++) {
      const userId = await createUser();
      const tokens = await Promise.all(Array.from({ length: 6 }, () => signIn(userId)));
      const ended = await Promise.all(
        tokens.map((token) => sessions.endOtherSessions(userId, hashOf(token))),
      );
      expect(ended.filter((count) => count > 0)).toEqual([5]);
      expect((await Promise.all(tokens.map(isSignedIn))).filter(Boolean)).toHaveLength(1);
    }
  });

  test("ends every other one by a token that a callback replaced since it was read, and leaves what replaced it", async () => {
    const userId = await createUser();
    const read = await signIn(userId);
    const other = await signIn(userId);
    const now = await signIn(userId, { from: read });
    expect(await sessions.endOtherSessions(userId, hashOf(read))).toBe(1);
    expect([await isSignedIn(now), await isSignedIn(other)]).toEqual([true, false]);
  });

  test("ends every other one, and leaves the one that asks", async () => {
    const userId = await createUser();
    const here = await signIn(userId);
    const others = [await signIn(userId), await signIn(userId)];
    expect(await sessions.endOtherSessions(userId, hashOf(here))).toBe(2);
    expect(await isSignedIn(here)).toBe(true);
    for (const token of others) expect(await isSignedIn(token)).toBe(false);
  });
});
