import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppProcess } from "../support/app";
import { clusterAddress } from "../support/database";
import { openTransaction, whenWaiting } from "../support/locks";
import { type Pgbouncer, startPgbouncer } from "../support/pgbouncer";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";
import { until } from "../support/until";
import {
  alive,
  callsOf,
  connect,
  connected,
  consent,
  deleteAccount,
  disconnect,
  expectWords,
  idOf,
  shown,
  states,
  untilShown,
  withTrigger,
} from "./journeys";
import { openWorld } from "./world";

const { PGBOUNCER_PATH: path, PGBOUNCER_MISSING: missing = "npm run test:faults looks for PgBouncer" } =
  process.env;

// Without PgBouncer there is nothing to test: a stand-in for it would prove nothing.
describe.skipIf(!path)(
  `two instances behind PgBouncer in transaction mode${path ? "" : ` (${missing})`}`,
  () => {
    let behind: TcpProxy | undefined;
    let pooler: Pgbouncer | undefined;
    const world = openWorld({
      databaseAt: async () => {
        behind = await startTcpProxy(clusterAddress());
        pooler = await startPgbouncer(path ?? "", { host: "127.0.0.1", port: behind.port });
        return pooler.address;
      },
    });
    let second: AppProcess;
    beforeAll(async () => {
      second = await world().startInstance();
    });
    afterAll(async () => {
      await pooler?.stop();
      await behind?.close();
    });

    test("connect, reconnect, check, disconnect and delete, each step at the other instance", async () => {
      const browser = world().browser();
      const callback = await consent(world(), browser, { userId: idOf("Mira") });
      browser.instance = second;
      await browser.open(callback);
      expect(shown(browser)).toEqual(["active"]);
      browser.instance = world().app;
      await connect(world(), browser, { userId: idOf("Mira") });
      await untilShown(browser, "active");
      browser.instance = second;
      await browser.press("Check now");
      expect(shown(browser)).toEqual(["active"]);
      await browser.press("Disconnect");
      browser.instance = world().app;
      await browser.press("Disconnect");
      expect(shown(browser)).toEqual(["disconnected"]);
      await connect(world(), browser, { userId: idOf("Mira") });
      browser.instance = second;
      await deleteAccount(browser);
      expect(await world().database.count("User")).toBe(0);
      expect((await alive(world())).filter(Boolean)).toEqual([]);
    });

    test("a COMMIT that PostgreSQL carries out while the pooler loses it is not said to have failed", async () => {
      const browser = world().browser();
      const callback = await consent(world(), browser);
      const holder = await openTransaction(world().database, "SELECT pg_advisory_xact_lock(4711)");
      const held = { at: 'AFTER INSERT ON "Account"', does: "PERFORM pg_advisory_xact_lock(4711)" };
      await withTrigger(world(), held, async () => {
        const opened = browser.open(callback);
        await whenWaiting(world().database, 1);
        behind?.cut();
        behind?.mend();
        expectWords(await opened, "perhaps_connected");
        await holder.commit();
        await until(async () => (await states(world())).includes("ACTIVE"), "what it carried out");
      });
      expect(pooler?.logs()).toContain("server conn crashed?");
      await connect(world(), browser);
      await untilShown(browser, "active");
    });

    test("ten callbacks at once make one exchange", async () => {
      const browser = world().browser();
      const callback = await consent(world(), browser);
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => {
          const twin = world().browser(index % 2 === 0 ? world().app : second);
          for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
          return twin.open(callback);
        }),
      );
      expect(await callsOf(world(), "token")).toHaveLength(1);
      expect(await states(world())).toEqual(["ACTIVE"]);
    });

    test("six first sign-ins of one person at once make one User, and one token lives", async () => {
      const browsers = Array.from({ length: 6 }, (_, index) =>
        world().browser(index % 2 === 0 ? world().app : second),
      );
      const callbacks = await Promise.all(browsers.map((browser) => consent(world(), browser)));
      await Promise.all(browsers.map((browser, index) => browser.open(callbacks[index] ?? "")));
      expect(await world().database.count("User")).toBe(1);
      await world().settle();
      expect((await alive(world())).filter(Boolean)).toHaveLength(1);
    });

    test("ten sweeps at once ask about each Grant once", async () => {
      const people = (["Mira", "Jonas", "Inês", "Tomás", "Priya"] as const).map(idOf);
      await world().emulator.control.addFault({
        endpoint: "revoke",
        kind: "status",
        status: 503,
        times: people.length,
      });
      for (const userId of people) await disconnect(await connected(world(), { userId }));
      await world().emulator.control.clearRequests();
      await world().passTime();
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => world().sweep(index % 2 === 0 ? second : world().app)),
      );
      expect(await callsOf(world(), "revoke")).toHaveLength(people.length);
      expect(await states(world())).toEqual(people.map(() => "REVOKED"));
    });

    test("thirty people at once find the pool full, wait their turn, and get their page", async () => {
      const browser = await connected(world());
      const pages = await Promise.all(
        Array.from({ length: 30 }, (_, index) => {
          const twin = world().browser(index % 2 === 0 ? world().app : second);
          for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
          return twin.open("/dashboard");
        }),
      );
      for (const page of pages) expect(page.text).toContain("Your connections");
      expect(pooler?.logs() ?? "").not.toMatch(/prepared statement|ERROR/);
    });
  },
);
