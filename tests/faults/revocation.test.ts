import { describe, expect, test } from "vitest";
import type { FaultAnywhere } from "../emulator/client";
import type { HttpBrowser } from "../support/browser";
import { until } from "../support/until";
import { connectionsOn } from "./connection-list";
import { readFacts } from "./facts";
import { connect, disconnect, openWorld } from "./world";

const world = openWorld();

/** A person with one connection, on their dashboard. */
async function connected(): Promise<HttpBrowser> {
  const browser = world().browser();
  expect((await connect(world(), browser)).url.pathname).toBe("/dashboard");
  return browser;
}

const shown = (browser: HttpBrowser) => connectionsOn(browser.page?.html ?? "").map(({ status }) => status);
const states = async () => (await readFacts(world())).grants.map(({ state }) => state);
const revokeCalls = async () =>
  (await readFacts(world())).requests.filter(({ endpoint }) => endpoint === "revoke");

describe("31-34 a revoke that is not answered by yes keeps the Grant pending, and the page says so:", () => {
  test.each<[string, FaultAnywhere]>([
    ["false", { kind: "json", body: { didRevoke: false } }],
    ['"true"', { kind: "json", body: { didRevoke: "true" } }],
    ["1", { kind: "json", body: { didRevoke: 1 } }],
    ["null", { kind: "json", body: { didRevoke: null } }],
    ["a bare true", { kind: "json", body: true }],
    ["500", { kind: "status", status: 500 }],
    ["502 in HTML", { kind: "html", status: 502 }],
    ["200 in HTML", { kind: "html", status: 200 }],
    ["a reset", { kind: "reset" }],
    ["done, then a reset", { kind: "reset", work: "done" }],
    ["429, Retry-After 120", { kind: "status", status: 429, headers: { "retry-after": "120" } }],
    ["429, Retry-After -5", { kind: "status", status: 429, headers: { "retry-after": "-5" } }],
    ["429, Retry-After soon", { kind: "status", status: 429, headers: { "retry-after": "soon" } }],
    ["429, Retry-After for years", { kind: "status", status: 429, headers: { "retry-after": "999999999" } }],
    ["a redirect", { kind: "redirect", location: "https://webflow.com/" }],
    ["invalid_client", { kind: "json", status: 401, body: { error: "invalid_client" } }],
  ])("%s", async (_, fault) => {
    const browser = await connected();
    await world().emulator.control.addFault({ endpoint: "revoke", ...fault });
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnecting"]);
    expect(browser.page?.text).toContain("Disconnecting. Webflow has not confirmed");
    await world().settle();
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["disconnected"]);
    expect((await readFacts(world())).tokens.map(({ alive }) => alive)).toEqual([false]);
  });
});

describe("31-34 a yes that cannot be read is found out by introspect, and the page says Disconnected:", () => {
  test.each<[string, FaultAnywhere]>([
    ["half JSON", { kind: "half_json" }],
    ["wrong types", { kind: "wrong_types" }],
    ["false, although it is done", { kind: "json", body: { didRevoke: false }, work: "done" }],
    ["404, although it is done", { kind: "status", status: 404, work: "done" }],
  ])("%s", async (_, fault) => {
    const browser = await connected();
    await world().emulator.control.addFault({ endpoint: "revoke", ...fault });
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnected"]);
  });
});

test("37 killed between Webflow's yes and our update, the revocation is finished by the sweep", async () => {
  const browser = await connected();
  await world().emulator.control.addFault({ endpoint: "revoke", kind: "hang", work: "done" });
  const pressed = disconnect(browser).catch(() => "the connection broke");
  await until(async () => (await revokeCalls()).length === 1, "the revoke request");
  await world().crash();
  expect(await pressed).toBe("the connection broke");
  expect(await states()).toEqual(["REVOKING"]);
  browser.instance = world().instance;
  await browser.open("/dashboard");
  expect(shown(browser)).toEqual(["disconnecting"]);
  await world().passTime();
  await world().sweep();
  await browser.open("/dashboard");
  expect(shown(browser)).toEqual(["disconnected"]);
});
