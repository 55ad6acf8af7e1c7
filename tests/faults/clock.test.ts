import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import {
  callsOf,
  connect,
  connected,
  consent,
  disconnect,
  expectWords,
  idOf,
  shown,
  states,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
const hours = 2;

/** An instance whose clock is wrong by so many hours. PostgreSQL's and Webflow's are right. */
function startWithClockOff(by: number) {
  return world().startInstance({
    NODE_OPTIONS: `--import=${join(projectRoot, "tests/faults/shifted-clock.mjs")}`,
    CLOCK_OFF_BY_MS: `${by * 3_600_000}`,
  });
}

describe.each([hours, -hours])("47 an instance whose clock is off by %i hours", (by) => {
  test("connects, checks, disconnects, retries and sweeps like any other", async () => {
    const instance = await startWithClockOff(by);
    const browser = world().browser(instance);
    await connect(world(), browser, { userId: idOf("Mira") });
    expect(shown(browser)).toEqual(["active"]);
    await browser.press("Check now");
    expect(shown(browser)).toEqual(["active"]);
    const inFiveMinutes = new Date(Date.now() + 300_000).toUTCString();
    await world().emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 429,
      headers: { "retry-after": inFiveMinutes },
    });
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnecting"]);
    // Neither hammered nor forgotten.
    const [row] = await world().database.query<{ seconds: number }>(
      `SELECT extract(epoch FROM "nextAttemptAt" - now())::float8 AS seconds FROM "Grant"`,
    );
    expect(row?.seconds).toBeGreaterThan(20);
    expect(row?.seconds).toBeLessThanOrEqual(6 * 3_600);
    await world().sweep(instance);
    expect(await callsOf(world(), "revoke")).toHaveLength(1);
    await world().passTime();
    await world().sweep(instance);
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["disconnected"]);
    await instance.stop();
  });

  test("gives up no sign-in that is under way, and drops no session of the others", async () => {
    const instance = await startWithClockOff(by);
    const right = world().browser();
    await connect(world(), right, { userId: idOf("Jonas") });
    const callback = await consent(world(), world().browser(), { userId: idOf("Mira") });
    await world().sweep(instance);
    await right.open("/dashboard");
    expect(shown(right)).toEqual(["active"]);
    right.instance = instance;
    await right.open("/dashboard");
    expect(shown(right)).toEqual(["active"]);
    // Another browser's callback: no exchange, whatever the time.
    expectWords(await world().browser(instance).open(callback), "start_expired");
    await instance.stop();
  });

  test("takes a session to be live for as long as the database does, wherever it asks", async () => {
    const instance = await startWithClockOff(by);
    const browser = await connected(world());
    browser.instance = instance;
    const ask = async (path: string) => (await browser.send("GET", new URL(path, world().app.origin))).status;
    const expire = (minutes: number) =>
      world().database.query(`UPDATE "Session" SET "expires" = now() + make_interval(mins => $1)`, [minutes]);
    const session = async () =>
      (await browser.send("GET", new URL("/api/auth/session", world().app.origin))).body;

    await expire(60);
    expect(await ask("/dashboard")).toBe(200);
    expect(await ask("/dashboard/account/data")).toBe(200);
    expect(await session()).toContain('"user"');
    expect(await world().database.count("Session")).toBe(1);
    await browser.open("/dashboard");
    await browser.press("Check now");
    expect(shown(browser)).toEqual(["active"]);

    await expire(-60);
    expect(await ask("/dashboard")).toBe(307);
    expect(await ask("/dashboard/account/data")).toBe(302);
    expect(await session()).toBe("null");
    await browser.press("Check now");
    expect(browser.page?.url.pathname).toBe("/sign-in");
    await instance.stop();
  });

  test("shares a flow with one whose clock is right: connected, or refused in words with the code unspent", async () => {
    const instance = await startWithClockOff(by);
    const crossings = [
      [world().instance, instance],
      [instance, world().instance],
    ] as const;
    for (const [first, second] of crossings) {
      const browser = world().browser(first);
      const callback = await consent(world(), browser);
      const exchanges = (await callsOf(world(), "token")).length;
      browser.instance = second;
      const page = await browser.open(callback);
      if (page.url.pathname === "/dashboard") expect(shown(browser)).toEqual(["active"]);
      else {
        expectWords(page, "start_expired");
        expect(await callsOf(world(), "token")).toHaveLength(exchanges);
      }
    }
    expect((await states(world())).filter((state) => state === "RECEIVED")).toEqual([]);
    await instance.stop();
  });
});
