import { describe, expect, test } from "vitest";
import type { FaultAnywhere } from "../emulator/client";
import { alive, connect, connected, disconnect, shown, untilShown } from "./journeys";
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

  test("the page that asks before the account is deleted does not say that there is nothing to end", async () => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
    await disconnect(browser);
    const { text } = await browser.open("/dashboard/account/delete");
    expect(text).toContain(
      "Nothing is connected. Should Webflow not have confirmed the end of an earlier access yet, we ask for 30 days more, and keep nothing but what it takes to ask. To be sure, remove the app in Webflow as well.",
    );
    expect(text).not.toContain("no access to end");
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

test("a token that nobody claimed takes a connection along, where a revoke does that, and the page does not call it connected", async () => {
  await world().emulator.control.setSwitches({ revokeKills: "grant" });
  const browser = await connected(world());
  await world().emulator.control.addFault({
    endpoint: "introspect",
    kind: "status",
    status: 503,
    times: "until_cleared",
  });
  await connect(world(), browser);
  expect(await alive(world())).toEqual([false, false]);
  await world().emulator.control.clearFaults();
  await browser.open("/dashboard"); // looked at when it arrives (witness.ts)
  await untilShown(browser, "withdrawn");
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
