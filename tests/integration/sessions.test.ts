import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";

let database: TestDatabase;
let sessions: typeof import("@/lib/auth/sessions");
let adapter: import("next-auth/adapters").Adapter;
let readDashboard: typeof import("@/lib/grants/read").readDashboard;
let hashOf: typeof import("@/lib/auth/session").hashOf;
let runFlow: typeof import("@/lib/auth/flow").runFlow;
let disconnectDatabase: () => Promise<void>;

beforeAll(async () => {
  database = await createDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_URL: "http://localhost:3000",
    AUTH_SECRET: randomBytes(32).toString("hex"),
    TOKEN_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    WEBFLOW_CLIENT_ID: "client",
    WEBFLOW_CLIENT_SECRET: "secret-of-this-test",
  });
  sessions = await import("@/lib/auth/sessions");
  adapter = (await import("@/lib/auth/adapter")).webflowAdapter();
  ({ readDashboard } = await import("@/lib/grants/read"));
  ({ hashOf } = await import("@/lib/auth/session"));
  ({ runFlow } = await import("@/lib/auth/flow"));
  disconnectDatabase = async () => (await import("@/lib/db")).db().$disconnect();
});
afterEach(() => database.query(`TRUNCATE "User" CASCADE`));
afterAll(async () => {
  await disconnectDatabase?.();
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

/** Signs in as NextAuth does at the end of a callback. Answers the token that the browser gets. */
async function signIn(userId: string, { userAgent, from }: SignIn = {}): Promise<string> {
  const sessionToken = randomBytes(32).toString("base64url");
  const flow = {
    startedBy: null,
    requestedScopes: [],
    unsettled: 0,
    signedIn: false,
    sessionTokenHash: from ? hashOf(from) : null,
    userAgent: userAgent ?? null,
  };
  const expires = new Date(Date.now() + 86_400_000);
  await runFlow(flow, async () => adapter.createSession?.({ sessionToken, userId, expires }));
  return sessionToken;
}

const isSignedIn = async (token: string) => (await readDashboard(hashOf(token))) !== null;
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
      await sessions.touchSession(hashOf(token));
      await age(token, 5);
    }
    await sessions.touchSession(hashOf(token));
    expect(await isSignedIn(token)).toBe(false);
  });

  test("that has run out is not revived by a late note of its use", async () => {
    const token = await signIn(await createUser());
    await age(token, 8);
    await sessions.touchSession(hashOf(token));
    expect(await isSignedIn(token)).toBe(false);
  });

  test("asks to be noted only when the last note is five minutes old", async () => {
    const token = await signIn(await createUser());
    expect(await readDashboard(hashOf(token))).toMatchObject({ sessionSeenStale: false });
    await database.query(`UPDATE "Session" SET "lastSeenAt" = now() - interval '6 minutes'`);
    expect(await readDashboard(hashOf(token))).toMatchObject({ sessionSeenStale: true });
    await sessions.touchSession(hashOf(token));
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

describe("the list of sessions", () => {
  test("shows where this User is signed in, which one asks, and no token", async () => {
    const userId = await createUser();
    const here = await signIn(userId, { userAgent: "Firefox" });
    const there = await signIn(userId, { userAgent: `${"x".repeat(300)}` });
    const over = await signIn(userId);
    await age(over, 8);
    await signIn(await createUser());
    const list = await sessions.listSessions(userId, hashOf(here));
    expect(list).toHaveLength(2);
    expect(list.find(({ current }) => current)).toMatchObject({ userAgent: "Firefox" });
    expect(list.find(({ current }) => !current)?.userAgent).toHaveLength(256);
    for (const secret of [here, there, hashOf(here), hashOf(there)])
      expect(JSON.stringify(list)).not.toContain(secret);
  });

  test("ends one session of one's own, at once and for good", async () => {
    const userId = await createUser();
    const here = await signIn(userId);
    const there = await signIn(userId);
    const other = (await sessions.listSessions(userId, hashOf(here))).find(({ current }) => !current);
    expect(await sessions.endSession(userId, other?.id ?? "")).toBe(true);
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
    expect(await sessions.endSession(userId, other?.id ?? "")).toBe(false);
  });

  test("ends nobody else's, and says no more of it than of one that never was", async () => {
    const theirs = await signIn(await createUser());
    const [row] = await database.query<{ id: string }>(`SELECT "id" FROM "Session"`);
    const userId = await createUser();
    expect(await sessions.endSession(userId, row?.id ?? "")).toBe(false);
    expect(await sessions.endSession(userId, randomUUID())).toBe(false);
    expect(await sessions.endOtherSessions(userId, hashOf("nothing"))).toBe(0);
    expect(await isSignedIn(theirs)).toBe(true);
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
