import { describe, expect, test } from "vitest";
import type { FaultAnywhere } from "../emulator/client";
import { until } from "../support/until";
import {
  alive,
  callsOf,
  connect,
  connected,
  disconnect,
  expectWords,
  idOf,
  shown,
  states,
  untilCalled,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
const patienceMs = 11_000;

describe("a revoke that is not answered by yes keeps the Grant pending, and the page says so:", () => {
  test.each<[string, FaultAnywhere]>([
    ["31 false", { kind: "json", body: { didRevoke: false } }],
    ['31 "true"', { kind: "json", body: { didRevoke: "true" } }],
    ["31 1", { kind: "json", body: { didRevoke: 1 } }],
    ["31 null", { kind: "json", body: { didRevoke: null } }],
    ["31 a bare true", { kind: "json", body: true }],
    ["31 a list", { kind: "json", body: [{ didRevoke: true }] }],
    ["31 true with a 400", { kind: "json", status: 400, body: { didRevoke: true } }],
    ["32 500", { kind: "status", status: 500 }],
    ["32 503, Retry-After an hour", { kind: "status", status: 503, headers: { "retry-after": "3600" } }],
    ["32 502 in HTML", { kind: "html", status: 502 }],
    ["32 200 in HTML", { kind: "html", status: 200 }],
    ["32 404", { kind: "status", status: 404 }],
    ["32 a redirect", { kind: "redirect", location: "https://webflow.com/" }],
    ["34 a reset", { kind: "reset" }],
    ["34 done, then a reset", { kind: "reset", work: "done" }],
    ["35 429, Retry-After 120", { kind: "status", status: 429, headers: { "retry-after": "120" } }],
    ["35 429, Retry-After -5", { kind: "status", status: 429, headers: { "retry-after": "-5" } }],
    ["35 429, Retry-After soon", { kind: "status", status: 429, headers: { "retry-after": "soon" } }],
    [
      "35 429, Retry-After for years",
      { kind: "status", status: 429, headers: { "retry-after": "999999999" } },
    ],
    ["36 invalid_client", { kind: "json", status: 401, body: { error: "invalid_client" } }],
  ])("%s", async (_, fault) => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", ...fault });
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnecting"]);
    expect(browser.page?.text).toContain("Disconnecting. Webflow has not confirmed");
    const [row] = await world().database.query<{ seconds: number; sealed: boolean }>(
      `SELECT extract(epoch FROM "nextAttemptAt" - now())::float8 AS seconds, "sealedToken" IS NOT NULL AS sealed FROM "Grant"`,
    );
    expect(row?.sealed).toBe(true);
    expect(row?.seconds).toBeGreaterThan(20);
    expect(row?.seconds).toBeLessThanOrEqual(6 * 3_600);
    await world().settle();
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["disconnected"]);
    expect(await alive(world())).toEqual([false]);
  });

  test("33 a hang: the person waits five seconds, not for ever", async () => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "hang" });
    const startedAt = performance.now();
    await disconnect(browser);
    expect(performance.now() - startedAt).toBeLessThan(patienceMs);
    expect(shown(browser)).toEqual(["disconnecting"]);
  });
});

describe("a yes that cannot be read is found out by introspect, and the page says Disconnected:", () => {
  test.each<[string, FaultAnywhere]>([
    ["31 false, although it is done", { kind: "json", body: { didRevoke: false }, work: "done" }],
    ["31 half JSON", { kind: "half_json" }],
    ["31 wrong types", { kind: "wrong_types" }],
    ["32 404, although it is done", { kind: "status", status: 404, work: "done" }],
  ])("%s", async (_, fault) => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", ...fault });
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnected"]);
  });
});

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

test("36 wrong credentials burn no attempts: after 30 days of them the Grant is still queued", async () => {
  const browser = await connected(world());
  await world().emulator.control.addFault({
    endpoint: "revoke",
    kind: "json",
    status: 401,
    body: { error: "invalid_client" },
    times: "until_cleared",
  });
  await disconnect(browser);
  await world().database.query(
    `UPDATE "Grant" SET "attempts" = 19, "revokingAt" = now() - interval '31 days'`,
  );
  await world().passTime();
  await world().sweep();
  expect(await states(world())).toEqual(["REVOKING"]);
});

test("36 wrong credentials at the code exchange are told once, and the next revocation finds out about itself", async () => {
  const alerts = () => world().logs().split('"event":"credentials_refused"').length - 1;
  const told = alerts();
  const browser = await connected(world(), { userId: idOf("Mira") });
  await world().emulator.control.addFault({
    endpoint: "token",
    kind: "json",
    status: 401,
    body: { error: "invalid_client" },
    times: 2,
  });
  for (let person = 0; person < 2; person++) {
    const other = world().browser();
    expectWords(await connect(world(), other), "invalid_client");
  }
  expect(alerts()).toBe(told + 1);
  await disconnect(browser);
  expect(await states(world())).toEqual(["REVOKED"]);
  expect(await world().database.query(`SELECT FROM "CredentialsRefusal"`)).toEqual([]);
});

test("a Grant whose end is not proven in 30 days of trying is ABANDONED, and the person is told what to do", async () => {
  world().allowed.add("abandoned");
  const browser = await connected(world());
  await world().emulator.control.addFault({
    endpoint: "revoke",
    kind: "status",
    status: 503,
    times: "until_cleared",
  });
  await disconnect(browser);
  await world().database.query(
    `UPDATE "Grant" SET "attempts" = 19, "revokingAt" = now() - interval '31 days'`,
  );
  await world().passTime();
  await world().sweep();
  await browser.open("/dashboard");
  expect(shown(browser)).toEqual(["abandoned"]);
  expect(browser.page?.text).toContain("remove the app in Webflow");
  expect(world().logs()).toContain('"event":"revocation_abandoned"');
});
