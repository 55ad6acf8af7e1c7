import { describe, expect, test } from "vitest";
import { openTransaction, whenWaiting } from "../support/locks";
import {
  alive,
  callsOf,
  connect,
  connected,
  consent,
  disconnect,
  expectWords,
  shown,
  states,
  withTrigger,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();

/** What a pooler says in PostgreSQL's place before it ends the connection: an ErrorResponse. */
function fatal(sqlState: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0Mlost PostgreSQL\0\0`);
  const head = Buffer.from("E\0\0\0\0");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

const failure = (sqlState: string) => `RAISE EXCEPTION 'trouble' USING ERRCODE = '${sqlState}'`;

/** Each write of a sign-in, in the order in which it is made. */
const writes = [
  'BEFORE INSERT ON "AuthorizationRequest"',
  'BEFORE UPDATE ON "AuthorizationRequest"',
  'BEFORE INSERT ON "Grant"',
  'BEFORE INSERT ON "User"',
  'BEFORE INSERT ON "Account"',
  'BEFORE UPDATE ON "Grant"',
  'BEFORE INSERT ON "Activity"',
  'BEFORE INSERT ON "Session"',
  // At its COMMIT:
  'AFTER INSERT ON "Account"',
] as const;

describe("28 a sign-in is told in words, leaves nothing half made, and works when it is tried again, where PostgreSQL", () => {
  test.each(
    [
      ["has no room (53100)", failure("53100")],
      ["gives a serialization failure (40001)", failure("40001")],
      ["ends the connection (57P01)", "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5)"],
    ].flatMap(([what, does]) => writes.map((at) => [what, at, does] as const)),
  )("%s %s", async (_, at, does) => {
    const browser = world().browser();
    await browser.open("/sign-in");
    await withTrigger(world(), { at, does: does ?? "" }, async () => {
      const page = await browser.press("Connect Webflow");
      if (!page.url.href.startsWith(world().emulator.origin))
        return expectWords(page, "database_unavailable");
      const callback = await world().emulator.control.authorize(page.url.href);
      expectWords(await browser.open(callback), "database_unavailable");
    });
    expect((await world().database.query(`SELECT FROM "User"`)).length).toBe(0);
    expect(await states(world())).not.toContain("ACTIVE");
    await connect(world(), browser);
    expect(shown(browser)).toEqual(["active"]);
  });

  test("cancels a statement that takes too long (57014)", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await withTrigger(world(), { at: 'BEFORE UPDATE ON "Grant"', does: failure("57014") }, async () => {
      expectWords(await browser.open(callback), "database_unavailable");
    });
    await connect(world(), browser);
    expect(shown(browser)).toEqual(["active"]);
  });
});

test.each([
  ["never answered", () => world().proxy.stallAnswers()],
  ["cut off before the answer", () => world().proxy.cut()],
  // As PgCat and Supavisor say that they have lost PostgreSQL (tests/faults/pgbouncer.test.ts tries PgBouncer).
  ["answered by a pooler with 58000", () => world().proxy.cut(fatal("58000"))],
  ["answered by a pooler with XX000", () => world().proxy.cut(fatal("XX000"))],
])(
  "28 a sign-in whose COMMIT is carried out and %s makes a whole connection, and the person is told that it may have, and to try again",
  async (_, lose) => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    const holder = await openTransaction(world().database, "SELECT pg_advisory_xact_lock(4711)");
    await withTrigger(
      world(),
      { at: 'AFTER INSERT ON "Account"', does: "PERFORM pg_advisory_xact_lock(4711)" },
      async () => {
        const startedAt = performance.now();
        const opened = browser.open(callback);
        await whenWaiting(world().database, 1);
        lose();
        await holder.commit();
        expectWords(await opened, "perhaps_connected");
        expect(performance.now() - startedAt).toBeLessThan(12_000);
      },
    );
    world().proxy.mend();
    expect(await states(world())).toEqual(["ACTIVE"]);
    expect(await alive(world())).toEqual([true]);
    await connect(world(), browser);
    expect(shown(browser)).toEqual(["active"]);
  },
);

describe("38 a disconnect is not said to be done, and is done when it is tried again, where PostgreSQL", () => {
  test.each([
    ["has no room (53100)", failure("53100")],
    ["gives a serialization failure (40001)", failure("40001")],
    ["finds a deadlock (40P01)", failure("40P01")],
    ["ends the connection (57P01)", "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5)"],
  ])("%s", async (_, does) => {
    const browser = await connected(world());
    await withTrigger(world(), { at: 'BEFORE UPDATE ON "Grant"', does }, async () => {
      await browser.press("Disconnect");
      expect((await browser.press("Disconnect")).text).not.toContain("Disconnected");
      expect(await callsOf(world(), "revoke")).toHaveLength(0);
    });
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["active"]);
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnected"]);
  });
});

test("38 while PostgreSQL is read only (25006: a fail-over) people can look, and nothing that they press is lost or said to be done", async () => {
  const browser = await connected(world());
  const stranger = world().browser();
  const callback = await consent(world(), stranger);
  await world().emulator.control.clearRequests();
  const name = new URL(world().database.url).pathname.slice(1);
  await world().database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  try {
    world().proxy.cut();
    world().proxy.mend();
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["active"]);
    await browser.press("Disconnect");
    expect((await browser.press("Disconnect")).text).not.toContain("Disconnected");
    expectWords(await stranger.open(callback), "database_unavailable");
    expect(await callsOf(world(), "token")).toHaveLength(0);
    expect((await world().sweep()).status).toBe(503);
  } finally {
    await world().database.query(
      `SET default_transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`,
    );
    world().proxy.cut();
    world().proxy.mend();
  }
  expect((await stranger.open(callback)).url.pathname).toBe("/dashboard");
  await browser.open("/dashboard");
  await disconnect(browser);
  expect(shown(browser)).toEqual(["disconnected"]);
});
