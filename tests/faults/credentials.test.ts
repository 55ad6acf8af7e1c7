import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { callsOf, connect, connected, disconnect, expectWords, idOf, shown, states } from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
const refused = {
  kind: "json",
  status: 401,
  body: { error: "invalid_client" },
  times: "until_cleared",
} as const;
const people = (["Mira", "Jonas", "Inês", "Priya"] as const).map(idOf);
const revokeCalls = async () => (await callsOf(world(), "revoke")).length;

test("36 while Webflow refuses our credentials one question in a while finds out, on all instances, and one alert is told", async () => {
  const second = await world().startInstance();
  const browsers = await Promise.all(people.map((userId) => connected(world(), { userId })));
  await world().emulator.control.addFault({ endpoint: "revoke", ...refused });
  for (const [index, browser] of browsers.entries()) {
    browser.instance = index % 2 === 0 ? world().instance : second;
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnecting"]);
  }
  expect(await revokeCalls()).toBe(1);
  const attempts = async () => world().database.query(`SELECT "attempts" FROM "Grant"`);
  expect(await attempts()).toEqual(people.map(() => ({ attempts: 0 })));
  // Later: of all that is due, and however many sweep, one asks.
  await world().passTime();
  await Promise.all([world().sweep(), world().sweep(second), world().sweep()]);
  expect(await revokeCalls()).toBe(2);
  expect(await attempts()).toEqual(people.map(() => ({ attempts: 0 })));
  expect(
    world()
      .logs()
      .match(/"event":"credentials_refused"/g),
  ).toHaveLength(1);
  // Mended at Webflow: the next one that asks opens the way for all.
  await world().emulator.control.clearFaults();
  await world().passTime();
  await world().sweep();
  await world().passTime();
  await world().sweep();
  expect(await states(world())).toEqual(people.map(() => "REVOKED"));
  await second.stop();
});

test("36 mended credentials are tried at once", async () => {
  const browser = await connected(world());
  const wrong = await world().startInstance({ WEBFLOW_CLIENT_SECRET: randomBytes(32).toString("hex") });
  browser.instance = wrong;
  await browser.open("/dashboard");
  await disconnect(browser);
  expect(shown(browser)).toEqual(["disconnecting"]);
  await world().database.query(`UPDATE "Grant" SET "nextAttemptAt" = now()`);
  await world().sweep(world().app);
  expect(await states(world())).toEqual(["REVOKED"]);
  await wrong.stop();
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
