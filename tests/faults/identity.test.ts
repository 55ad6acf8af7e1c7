import { describe, expect, test } from "vitest";
import type { FaultAnywhere } from "../emulator/client";
import {
  alive,
  connect,
  connected,
  consent,
  expectWords,
  idOf,
  shown,
  states,
  untilCalled,
  untilShown,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();

describe("a token whose owner Webflow does not name makes nobody, and is dead:", () => {
  test.each<[string, FaultAnywhere, string]>([
    ["22 introspect 401", { kind: "status", status: 401 }, "identity_unknown"],
    ["22 introspect 500", { kind: "status", status: 500 }, "webflow_unavailable"],
    ["22 introspect in HTML", { kind: "html", status: 200 }, "webflow_unavailable"],
    ["22 introspect {}", { kind: "json", body: {} }, "webflow_unavailable"],
    [
      "22 introspect without an authorization",
      { kind: "json", body: { authorization: null } },
      "webflow_unavailable",
    ],
    [
      "22 introspect reset, each time it is asked",
      { kind: "reset", times: "until_cleared" },
      "webflow_unavailable",
    ],
    ["22 introspect of wrong types", { kind: "wrong_types" }, "webflow_unavailable"],
  ])("%s", async (_, fault, error) => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().emulator.control.addFault({ endpoint: "introspect", ...fault });
    expectWords(await browser.open(callback), error);
    expect(await world().database.count("User")).toBe(0);
    expect((await browser.open("/dashboard")).url.pathname).toBe("/sign-in");
    expect(await alive(world())).toEqual([false]);
  });

  test("22 nobody is named by either answer", async () => {
    await world().emulator.control.setSwitches({ introspectUserIds: false });
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().emulator.control.addFault({ endpoint: "authorized_by", kind: "status", status: 403 });
    expectWords(await browser.open(callback), "identity_unknown");
    expect(await world().database.count("User")).toBe(0);
    expect(await alive(world())).toEqual([false]);
  });

  test("22 and Webflow then refuses to revoke it: it is queued to die", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().emulator.control.addFault({ endpoint: "introspect", kind: "json", body: {} });
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
    expectWords(await browser.open(callback), "webflow_unavailable");
    expect(await states(world())).toEqual(["REVOKING"]);
  });
});

test("23 fewer scopes than asked are shown as they are, and offered again", async () => {
  const browser = world().browser();
  await connect(world(), browser, { scopes: ["sites:read"] });
  expect(shown(browser)).toEqual(["limited"]);
  expect(browser.page?.html).toContain("authorized_user:read");
  expect(browser.page?.text).toContain("Reconnect");
  // The rest is allowed: the new Grant replaces the old one.
  await connect(world(), browser);
  expect(shown(browser)).toEqual(["active"]);
  expect(await alive(world())).toEqual([false, true]);
});

test("23 fewer scopes noticed later are said", async () => {
  const browser = await connected(world());
  const [token] = (await world().emulator.control.ledger()).tokens;
  if (!token) throw new Error("There is a token.");
  await world().emulator.control.addFault({
    endpoint: "introspect",
    kind: "json",
    body: {
      authorization: {
        id: token.authorizationId,
        scope: "sites:read",
        authorizedTo: { siteIds: token.siteIds },
      },
    },
  });
  await browser.press("Check now");
  expect(shown(browser)).toEqual(["limited"]);
});

test("24 more scopes than asked are shown", async () => {
  const browser = world().browser();
  const callback = await consent(world(), browser);
  await world().emulator.control.addFault({
    endpoint: "introspect",
    kind: "json",
    body: {
      authorization: {
        id: "a1",
        scope: "authorized_user:read,sites:read,sites:write",
        authorizedTo: { siteIds: [], workspaceIds: ["w1"], userIds: [] },
      },
    },
  });
  await browser.open(callback);
  expect(shown(browser)).toEqual(["active"]);
  expect(browser.page?.html).toContain("sites:write");
});

test("25 the Webflow account of another User is refused in words: the fresh token dies, theirs lives", async () => {
  const owner = await connected(world(), { userId: idOf("Jonas") });
  const other = await connected(world(), { userId: idOf("Inês") });
  expectWords(await connect(world(), other, { userId: idOf("Jonas") }), "account_of_another_user");
  expect(await alive(world())).toEqual([true, true, false]);
  await untilShown(owner, "active");
  await other.open("/dashboard");
  expect(shown(other)).toEqual(["active"]);
});

test("25 where that revoke takes all tokens of the person along, their page does not say Connected", async () => {
  await world().emulator.control.setSwitches({ revokeKills: "grant" });
  const owner = await connected(world(), { userId: idOf("Jonas") });
  const other = await connected(world(), { userId: idOf("Inês") });
  expectWords(await connect(world(), other, { userId: idOf("Jonas") }), "account_of_another_user");
  expect(await alive(world())).toEqual([false, true, false]);
  await owner.open("/dashboard");
  expect(shown(owner)).toEqual(["checking"]);
  await untilShown(owner, "withdrawn");
});

test("26 the same person again is the same User with one connection", async () => {
  const first = await connected(world(), { userId: idOf("Mira") });
  const second = world().browser();
  await connect(world(), second, { userId: idOf("Mira") });
  expect(shown(second)).toEqual(["active"]);
  await first.open("/dashboard");
  expect(shown(first)).toEqual(["active"]);
  expect(await world().database.count("User")).toBe(1);
  expect(await alive(world())).toEqual([false, true]);
});

test("26 two people with one e-mail address are two Users", async () => {
  await connected(world(), { userId: idOf("Inês") });
  await connected(world(), { userId: idOf("Tomás") });
  expect(await world().database.count("User")).toBe(2);
});

describe("a reconnect that fails leaves the connection as it was, and the fresh token dies:", () => {
  test.each<[string, FaultAnywhere & { endpoint: "token" | "introspect" }]>([
    ["3 the exchange", { endpoint: "token", kind: "reset" }],
    ["22 introspect 500", { endpoint: "introspect", kind: "status", status: 500 }],
    ["22 introspect {}", { endpoint: "introspect", kind: "json", body: {} }],
  ])("%s", async (_, fault) => {
    const browser = await connected(world(), { userId: idOf("Mira") });
    const callback = await consent(world(), browser, { userId: idOf("Mira") });
    await world().emulator.control.addFault(fault);
    expectWords(await browser.open(callback), "webflow_unavailable");
    expect((await alive(world())).filter(Boolean)).toHaveLength(1);
    await untilShown(browser, "active");
  });

  test("30 killed before the new token is known to be good", async () => {
    const browser = await connected(world(), { userId: idOf("Mira") });
    const callback = await consent(world(), browser, { userId: idOf("Mira") });
    await world().emulator.control.addFault({ endpoint: "introspect", kind: "hang" });
    const opened = browser.open(callback).catch(() => "the connection broke");
    await untilCalled(world(), "introspect", 2);
    await world().kill();
    expect(await opened).toBe("the connection broke");
    await world().revive();
    browser.instance = world().instance;
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["active"]);
    expect(await states(world())).toEqual(["ACTIVE", "RECEIVED"]);
  });
});
