import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readFacts } from "./facts";
import { alive, callsOf, connect, connected, consent, disconnect, idOf, shown, states } from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
const newKey = () => randomBytes(32).toString("base64");
const keysOf = () => world().environment.TOKEN_KEYS ?? "";
const ready = async (origin: string) => (await fetch(`${origin}/api/ready`)).status;

test("48 while a key is rotated in, two instances open what either has sealed", async () => {
  const k2 = newKey();
  // First every instance learns to open with the new key, then it seals.
  const before = await world().startInstance({ TOKEN_KEYS: `${keysOf()},k2:${k2}` });
  const after = await world().startInstance({ TOKEN_KEYS: `k2:${k2},${keysOf()}` });
  const [mira, jonas] = [world().browser(before), world().browser(after)];
  await connect(world(), mira, { userId: idOf("Mira") });
  const callback = await consent(world(), jonas, { userId: idOf("Jonas") });
  await jonas.open(callback);
  const sealedBy = (await readFacts(world())).grants.map(({ sealedToken }) => sealedToken?.split(".")[1]);
  expect(sealedBy).toEqual(["k1", "k2"]);
  for (const instance of [before, after]) expect(await ready(instance.origin)).toBe(200);
  [mira.instance, jonas.instance] = [after, before];
  for (const browser of [mira, jonas]) {
    await browser.open("/dashboard");
    await browser.press("Check now");
    expect(shown(browser)).toEqual(["active"]);
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnected"]);
  }
  await before.stop();
  await after.stop();
});

describe("49 an instance with a wrong key", () => {
  test.each([
    ["another key under the same id", () => `k1:${newKey()}`],
    ["the keys swapped", () => `k1:${newKey()},k2:${keysOf().slice(3)}`],
    ["the key in use dropped", () => `k9:${newKey()}`],
  ])("%s: is not ready, overwrites nothing, and asks Webflow nothing", async (_, keys) => {
    const browser = await connected(world());
    const before = await readFacts(world());
    const wrong = await world().startInstance({ TOKEN_KEYS: keys() });
    expect(await ready(wrong.origin)).toBe(503);
    browser.instance = wrong;
    await browser.open("/dashboard");
    await browser.press("Check now");
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnecting"]);
    await world().passTime();
    await world().sweep(wrong);
    expect(await callsOf(world(), "revoke")).toEqual([]);
    const [row] = (await readFacts(world())).grants;
    expect(row).toMatchObject({ state: "REVOKING", sealedToken: before.grants[0]?.sealedToken });
    await wrong.stop();
    // One with the right key finishes it.
    await world().passTime();
    await world().sweep();
    expect(await alive(world())).toEqual([false]);
  });

  test.each([
    ["short", () => `k1:${randomBytes(16).toString("base64")}`],
    ["not strict base64", () => `k1:${newKey().slice(0, -1)}`],
    ["no id", () => newKey()],
  ])("%s: does not start, and says why without the value", async (_, keys) => {
    const value = keys();
    const message = await world()
      .startInstance({ TOKEN_KEYS: value })
      .then(
        () => "it started",
        (error: Error) => error.message,
      );
    expect(message).toContain("TOKEN_KEYS");
    expect(message).not.toContain(value);
  });
});

describe("a sealed token that somebody changed is never sent, and its row is kept:", () => {
  test("50 copied to another row", async () => {
    world().allowed.add("unreadable");
    const mira = await connected(world(), { userId: idOf("Mira") });
    const jonas = await connected(world(), { userId: idOf("Jonas") });
    await world().database.query(
      `UPDATE "Grant" g SET "sealedToken" = o."sealedToken" FROM "Grant" o WHERE g."webflowUserId" = $1 AND o."webflowUserId" = $2`,
      [idOf("Mira"), idOf("Jonas")],
    );
    await mira.press("Check now");
    expect(shown(mira)).toEqual(["active"]);
    await disconnect(mira);
    expect(shown(mira)).toEqual(["disconnecting"]);
    expect(await callsOf(world(), "revoke")).toEqual([]);
    await jonas.open("/dashboard");
    expect(shown(jonas)).toEqual(["active"]);
    expect(world().logs()).toContain('"event":"sealed_token_unreadable"');
  });

  test.each([15, 12, 4, 0])("51 its tag cut to %i bytes", async (bytes) => {
    world().allowed.add("unreadable");
    const browser = await connected(world());
    const [grant] = (await readFacts(world())).grants;
    const parts = grant?.sealedToken?.split(".") ?? [];
    const tag = Buffer.from(parts.pop() ?? "", "base64url").subarray(0, bytes);
    await world().database.query(`UPDATE "Grant" SET "sealedToken" = $1`, [
      [...parts, tag.toString("base64url")].join("."),
    ]);
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnecting"]);
    expect(await callsOf(world(), "revoke")).toEqual([]);
    expect(await states(world())).toEqual(["REVOKING"]);
  });
});

test("55 headers and addresses that go around the proxy show nothing to whoever is not signed in", async () => {
  const browser = await connected(world());
  const [grant] = (await readFacts(world())).grants;
  const stranger = world().browser();
  const layers = Array.from({ length: 6 }, () => "middleware").join(":");
  for (const [path, headers] of [
    ["/dashboard", {}],
    ["/dashboard", { "x-middleware-subrequest": layers }],
    ["/dashboard", { "x-middleware-subrequest": "src/middleware:src/middleware:src/middleware" }],
    ["/dashboard", { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" }],
    ["/dashboard.rsc", {}],
    ["/dashboard?_rsc=1", { rsc: "1" }],
    ["/dashboard", { rsc: "1", "next-router-prefetch": "1" }],
    [`/dashboard/disconnect/${grant?.id}`, { rsc: "1" }],
    ["/dashboard/activity", { rsc: "1" }],
    ["/dashboard/account", { rsc: "1" }],
    ["/dashboard/account/data", {}],
    ["/dashboard", { "x-nextjs-data": "1", purpose: "prefetch" }],
    ["/_next/data/x/dashboard.json", {}],
  ] as const) {
    const answer = await stranger.send("GET", new URL(path, world().app.origin), { headers });
    expect(answer.status, path).not.toBe(500);
    expect(answer.body, path).not.toContain(grant?.id);
    expect(answer.body, path).not.toContain("Mira");
  }
  await browser.open("/dashboard");
  expect(shown(browser)).toEqual(["active"]);
});
