import { describe, expect, test } from "vitest";
import { until } from "../support/until";
import {
  alive,
  callsOf,
  connect,
  connected,
  disconnect,
  idOf,
  shown,
  states,
  untilCalled,
  untilShown,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();

describe("a process that is killed while it revokes loses nothing:", () => {
  test("37 between Webflow's yes and our update, the sweep finishes it", async () => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "hang", work: "done" });
    const pressed = disconnect(browser).catch(() => "the connection broke");
    await untilCalled(world(), "revoke");
    await world().kill();
    expect(await pressed).toBe("the connection broke");
    await world().revive();
    expect(await states(world())).toEqual(["REVOKING"]);
    browser.instance = world().instance;
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["disconnecting"]);
    await world().passTime();
    await world().sweep();
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["disconnected"]);
  });

  test("37 with Webflow's yes in hand and the database silent, the sweep finishes it", async () => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 300 });
    const pressed = disconnect(browser).catch(() => "the connection broke");
    await untilCalled(world(), "revoke");
    world().proxy.stall();
    await until(async () => (await callsOf(world(), "revoke"))[0]?.status === 200, "Webflow's yes");
    await world().kill();
    expect(await pressed).toBe("the connection broke");
    expect(await states(world())).toEqual(["REVOKING"]);
    expect(await alive(world())).toEqual([false]);
  });

  test("37 before Webflow was asked, the lease runs out and the sweep asks", async () => {
    const browser = await connected(world());
    await browser.press("Disconnect");
    world().proxy.delay(150);
    const pressed = browser.press("Disconnect").catch(() => "the connection broke");
    await until(async () => (await states(world()))[0] === "REVOKING", "the commit of REVOKING");
    // The next statement claims the Grant; that it has will never be heard.
    world().proxy.stallAnswers();
    await until(
      async () =>
        (await world().database.query(`SELECT FROM "Grant" WHERE "leaseUntil" > now()`)).length === 1,
      "the lease",
    );
    await world().kill();
    expect(await pressed).toBe("the connection broke");
    await world().revive();
    expect(await callsOf(world(), "revoke")).toHaveLength(0);
    await world().sweep(); // the lease still holds
    expect(await states(world())).toEqual(["REVOKING"]);
    await world().passTime();
    await world().sweep();
    expect(await states(world())).toEqual(["REVOKED"]);
  });
});

describe.each(
  (["grant", "token"] as const).flatMap((revokeKills) =>
    (["invalid_token", "true", "false"] as const).map((secondRevoke) => ({ revokeKills, secondRevoke })),
  ),
)(
  "where a revoke kills the $revokeKills and a second one answers $secondRevoke,",
  ({ revokeKills, secondRevoke }) => {
    // Where a second authorization replaces the first, or is the same token, a person has one connection only.
    test("37 a process that is killed after Webflow's yes leaves no other connection that is called connected and is dead", async () => {
      await world().emulator.control.setSwitches({ revokeKills, secondRevoke, secondAuthorization: "adds" });
      const [first, second] = (await world().emulator.control.users())[0]?.workspaces ?? [];
      const browser = await connected(world(), { userId: idOf("Mira"), workspaceId: first?.id });
      await connect(world(), browser, { userId: idOf("Mira"), workspaceId: second?.id });
      await world().database.query(`UPDATE "Grant" SET "checkedAt" = now()`);
      await world().emulator.control.addFault({ endpoint: "revoke", kind: "hang", work: "done" });
      const pressed = disconnect(browser).catch(() => "the connection broke");
      await untilCalled(world(), "revoke");
      await world().kill();
      expect(await pressed).toBe("the connection broke");
      await world().revive();
      browser.instance = world().instance;
      const keeps = revokeKills === "token";
      // Each page is looked at when it arrives (witness.ts).
      await browser.open("/dashboard");
      expect(shown(browser)).toEqual(["checking", "disconnecting"]); // live ones first
      await world().passTime();
      await untilShown(
        browser,
        ...(keeps ? (["active", "disconnected"] as const) : (["disconnected", "withdrawn"] as const)),
      );
      expect(await alive(world())).toEqual([keeps, false]);
    });
  },
);

describe("38 a disconnect while", () => {
  test("the database is down is not said to be done, and works when it is back", async () => {
    const browser = await connected(world());
    await browser.press("Disconnect");
    const question = browser.page;
    world().proxy.cut();
    const page = await browser.press("Disconnect");
    expect(page.text).not.toContain("Disconnected");
    world().proxy.mend();
    expect(await alive(world())).toEqual([true]);
    browser.page = question;
    await browser.press("Disconnect");
    expect(shown(browser)).toEqual(["disconnected"]);
  });

  test("the database goes down before Webflow's yes is written stays pending", async () => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 300 });
    const pressed = disconnect(browser);
    await untilCalled(world(), "revoke");
    world().proxy.cut();
    expect((await pressed).text).not.toContain("Disconnected");
    world().proxy.mend();
    expect(await states(world())).toEqual(["REVOKING"]);
  });

  test("twenty press at once on two instances asks Webflow once", async () => {
    const second = await world().startInstance();
    const browser = await connected(world());
    await browser.press("Disconnect");
    const pages = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const twin = world().browser(index % 2 === 0 ? world().instance : second);
        for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
        twin.page = browser.page;
        return twin.press("Disconnect");
      }),
    );
    for (const page of pages) expect(page.status).toBe(200);
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["disconnected"]);
    expect(await callsOf(world(), "revoke")).toHaveLength(1);
    await second.stop();
  });
});
