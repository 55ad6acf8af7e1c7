import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readFacts } from "./facts";
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
  untilCalled,
  untilShown,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
const down = { kind: "status", status: 503, times: "until_cleared" } as const;

describe("40 when the session ends mid-way", () => {
  test("while the person is at Webflow, the callback makes no exchange", async () => {
    const browser = await connected(world());
    const callback = await consent(world(), browser);
    await world().database.query(`DELETE FROM "Session"`);
    expectWords(await browser.open(callback), "session_changed");
    expect(await callsOf(world(), "token")).toHaveLength(1);
  });

  test("before Disconnect is pressed, nothing is disconnected and the person may sign in", async () => {
    const browser = await connected(world());
    await browser.press("Disconnect");
    await world().database.query(`DELETE FROM "Session"`);
    expect((await browser.press("Disconnect")).url.pathname).toBe("/sign-in");
    expect(await states(world())).toEqual(["ACTIVE"]);
  });

  test("while the code is exchanged, no token is lost", async () => {
    const browser = await connected(world(), { userId: idOf("Mira") });
    const callback = await consent(world(), browser, { userId: idOf("Mira") });
    await world().emulator.control.addFault({ endpoint: "token", kind: "delay", ms: 300 });
    const opened = browser.open(callback);
    await untilCalled(world(), "token", 2);
    await world().database.query(`DELETE FROM "Session"`);
    await opened;
    expect((await alive(world())).filter(Boolean)).toHaveLength(1);
  });
});

test("41 another site's page can disconnect nobody, check nothing and start nothing", async () => {
  const browser = await connected(world());
  await browser.press("Disconnect");
  const page = browser.page;
  const before = await callsOf(world(), "introspect");
  const attempts: Record<string, string | undefined>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `${world().app.origin}.evil.example` },
    { origin: world().app.origin.replace("http:", "https:") },
    { origin: "" },
    { origin: undefined },
    { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
    { origin: "https://evil.example", "sec-fetch-site": "cross-site", "content-type": "text/plain" },
  ];
  for (const headers of attempts) {
    const body = browser.formData("Disconnect", page);
    const answer = await browser.send("POST", page?.url ?? new URL(world().app.origin), { body, headers });
    expect(answer.status, headers.origin).toBe(403);
  }
  expect(await states(world())).toEqual(["ACTIVE"]);
  expect(await callsOf(world(), "revoke")).toEqual([]);
  expect(await callsOf(world(), "introspect")).toEqual(before);
});

test("42 another's connection is like one that does not exist: neither seen, checked nor disconnected", async () => {
  const jonas = await connected(world(), { userId: idOf("Jonas") });
  const [his] = (await readFacts(world())).grants;
  const ines = await connected(world(), { userId: idOf("Inês") });
  const introspects = (await callsOf(world(), "introspect")).length;
  for (const id of [his?.id ?? "", randomUUID()]) {
    expect((await ines.open(`/dashboard/disconnect/${id}`)).status).toBe(404);
    for (const button of ["Disconnect", "Check now"]) {
      await ines.open("/dashboard");
      if (button === "Disconnect") await ines.press("Disconnect");
      const body = ines.formData(button);
      body.set("connection", id);
      const answer = await ines.send("POST", ines.page?.url ?? new URL(world().app.origin), { body });
      expect(answer.status, `${button} ${id}`).not.toBe(500);
    }
  }
  expect(await callsOf(world(), "revoke")).toEqual([]);
  expect(await callsOf(world(), "introspect")).toHaveLength(introspects);
  await jonas.open("/dashboard");
  expect(shown(jonas)).toEqual(["active"]);
});

describe("43 deleting an account", () => {
  test("while Webflow is down removes everything personal now, and the tokens die when Webflow is back", async () => {
    const [first, second] = (await world().emulator.control.users())[0]?.workspaces ?? [];
    const browser = await connected(world(), { workspaceId: first?.id });
    await connect(world(), browser, { workspaceId: second?.id });
    await world().emulator.control.addFault({ endpoint: "revoke", ...down });
    await deleteAccount(browser);
    for (const table of ["User", "Session"] as const) expect(await world().database.count(table)).toBe(0);
    for (const table of ["Account", "Activity"])
      expect(await world().database.query(`SELECT FROM "${table}"`)).toEqual([]);
    const left = JSON.stringify(await world().database.query(`SELECT * FROM "Grant"`));
    expect(left).not.toMatch(/Mira|Harbour|harbour|sites:read/);
    expect(await states(world())).toEqual(["REVOKING", "REVOKING"]);
    expect((await browser.open("/dashboard")).url.pathname).toBe("/sign-in");
    // A week later.
    await world().passTime();
    await world().sweep();
    await world().emulator.control.clearFaults();
    await world().passTime();
    await world().sweep();
    expect(await alive(world())).toEqual([false, false]);
  });

  test("while a connection of theirs is being made leaves no token behind", async () => {
    const browser = await connected(world());
    const other = world().browser();
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    const callback = await consent(world(), other);
    await world().emulator.control.addFault({ endpoint: "introspect", kind: "delay", ms: 400 });
    const opened = other.open(callback);
    await untilCalled(world(), "introspect", 2);
    await deleteAccount(browser);
    await opened;
    await world().passTime();
    await world().sweep();
    const { grants } = await readFacts(world());
    // Whoever came last: the person who has just proven who they are may be a new User, but no token is nobody's.
    expect(grants.filter(({ state, userId }) => state === "ACTIVE" && userId === null)).toEqual([]);
    expect((await alive(world())).filter(Boolean).length).toBe(
      grants.filter(({ state }) => state === "ACTIVE").length,
    );
  });

  test("while the process is killed, either all of it has happened or nothing", async () => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "hang" });
    const pressed = deleteAccount(browser).catch(() => "the connection broke");
    await untilCalled(world(), "revoke");
    await world().kill();
    expect(await pressed).toBe("the connection broke");
    expect(await world().database.count("User")).toBe(0);
    expect(await states(world())).toEqual(["REVOKING"]);
  });
});

describe("44 access withdrawn at Webflow", () => {
  test("is noticed by the next look at the dashboard, said, and mended by Reconnect", async () => {
    const browser = await connected(world(), { userId: idOf("Mira") });
    await world().emulator.control.uninstall(idOf("Mira"));
    await world().database.query(`UPDATE "Grant" SET "checkedAt" = now() - interval '6 minutes'`);
    await untilShown(browser, "withdrawn");
    const authorizeUrl = (await browser.press("Reconnect")).url.href;
    await browser.open(await world().emulator.control.authorize(authorizeUrl));
    expect(shown(browser)).toEqual(["active"]);
  });

  test("is noticed by Check now", async () => {
    const browser = await connected(world(), { userId: idOf("Mira") });
    await world().emulator.control.uninstall(idOf("Mira"));
    await browser.press("Check now");
    expect(shown(browser)).toEqual(["withdrawn"]);
  });

  test.each([
    ["403", { kind: "status", status: 403 }],
    ["429", { kind: "status", status: 429 }],
    ["500", { kind: "status", status: 500 }],
    ["401 in HTML", { kind: "html", status: 401 }],
    ["a reset, each time it is asked", { kind: "reset", times: "until_cleared" }],
  ] as const)("is not believed on %s", async (_, fault) => {
    const browser = await connected(world());
    await world().emulator.control.addFault({ endpoint: "introspect", ...fault });
    await browser.press("Check now");
    expect(shown(browser)).toEqual(["active"]);
  });

  test("of one site alone is noticed too", async () => {
    const [kept, taken] = (await world().emulator.control.users())[0]?.sites ?? [];
    if (!kept || !taken) throw new Error("Mira has two sites");
    const browser = await connected(world(), { userId: idOf("Mira"), siteIds: [kept.id, taken.id] });
    expect(browser.page?.text).toContain(taken.displayName);
    await world().emulator.control.removeSite(idOf("Mira"), taken.id);
    await browser.press("Check now");
    expect(shown(browser)).toEqual(["active"]);
    expect(browser.page?.text).toContain(kept.displayName);
    expect(browser.page?.text).not.toContain(taken.displayName);
  });

  test("while we were revoking is proof as well", async () => {
    const browser = await connected(world(), { userId: idOf("Mira") });
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
    await disconnect(browser);
    await world().emulator.control.uninstall(idOf("Mira"));
    await world().passTime();
    await world().sweep();
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["disconnected"]);
  });
});
