import { describe, expect, test } from "vitest";
import type { FaultAnywhere } from "../emulator/client";
import { formsOf } from "../support/html";
import { until } from "../support/until";
import { readFacts } from "./facts";
import {
  alive,
  callsOf,
  connect,
  connected,
  consent,
  expectWords,
  shown,
  states,
  untilCalled,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();

describe("27 with the database down before the exchange the code is not spent:", () => {
  test("cut: the same callback works when it is back", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    world().proxy.cut();
    expectWords(await browser.open(callback), "database_unavailable");
    expect(await callsOf(world(), "token")).toHaveLength(0);
    world().proxy.mend();
    expect((await browser.open(callback)).url.pathname).toBe("/dashboard");
  });

  test.each([
    ["silent", () => world().proxy.stall()],
    ["half-open", () => world().proxy.stallAnswers()],
  ])(
    "%s: the statement may arrive late and spend the state, so the person starts again",
    async (_, breakIt) => {
      const browser = world().browser();
      const callback = await consent(world(), browser);
      breakIt();
      expectWords(await browser.open(callback), "database_unavailable");
      world().proxy.mend();
      expect(await callsOf(world(), "token")).toHaveLength(0);
      expect((await world().emulator.control.ledger()).codes.map(({ state }) => state)).toEqual(["alive"]);
      await connect(world(), browser);
      expect(shown(browser)).toEqual(["active"]);
    },
  );

  test("nothing can be started, in words", async () => {
    const browser = world().browser();
    await browser.open("/sign-in");
    world().proxy.cut();
    expectWords(await browser.press("Connect Webflow"), "database_unavailable");
    expect((await browser.open("/install")).text).toContain("Try again");
  });
});

/** Opens a callback, and breaks the way to the database while Webflow is exchanging the code. */
async function exchangeWithout(breakIt: () => void, revoke?: FaultAnywhere): Promise<void> {
  const browser = world().browser();
  const callback = await consent(world(), browser);
  await world().emulator.control.addFault({ endpoint: "token", kind: "delay", ms: 300 });
  if (revoke) await world().emulator.control.addFault({ endpoint: "revoke", ...revoke });
  const opened = browser.open(callback);
  await untilCalled(world(), "token");
  breakIt();
  expectWords(await opened, "database_unavailable");
  world().proxy.mend();
}

describe("28 with the database down right after the exchange the token is revoked at once:", () => {
  test("cut", async () => {
    await exchangeWithout(() => world().proxy.cut());
    expect(await alive(world())).toEqual([false]);
    expect(await states(world())).toEqual([]);
    expect(world().logs()).toContain('"event":"unstored_token_revoked"');
  });

  test("half-open: it was stored after all, and what is stored is finished by the sweep", async () => {
    await exchangeWithout(() => world().proxy.stallAnswers());
    expect(await alive(world())).toEqual([false]);
  });
});

describe("29 with the database and Webflow's revoke down an alert names the token by its fingerprint:", () => {
  test.each<[string, FaultAnywhere]>([
    ["503", { kind: "status", status: 503, times: "until_cleared" }],
    ["a hang", { kind: "hang", times: "until_cleared" }],
  ])("%s", async (_, fault) => {
    world().allowed.add("orphan");
    await exchangeWithout(() => world().proxy.cut(), fault);
    const [token] = (await readFacts(world())).tokens;
    const alert = world()
      .logs()
      .split("\n")
      .findLast((line) => line.includes('"event":"orphan_token"'));
    expect(alert).toContain('"level":"error"');
    expect(alert).toContain(token?.fingerprint.slice(0, 32));
  });
});

describe("30 killed after the exchange, with the token stored, it dies unclaimed:", () => {
  test.each(["introspect", "authorized_by", "sites"] as const)("while %s hangs", async (endpoint) => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().emulator.control.addFault({ endpoint, kind: "hang" });
    const opened = browser.open(callback).catch(() => "the connection broke");
    await untilCalled(world(), endpoint);
    await world().kill();
    expect(await opened).toBe("the connection broke");
    await world().revive();
    expect(await states(world())).toEqual(["RECEIVED"]);
    // Not yet: the sign-in might still be under way.
    await world().sweep();
    expect(await states(world())).toEqual(["RECEIVED"]);
    await world().passTime();
    await world().sweep();
    expect(await states(world())).toEqual(["REVOKED"]);
    expect(await alive(world())).toEqual([false]);
  });

  test("and a new try works at once", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().emulator.control.addFault({ endpoint: "introspect", kind: "hang" });
    const opened = browser.open(callback).catch(() => "the connection broke");
    await untilCalled(world(), "introspect");
    await world().kill();
    await opened;
    await world().revive();
    browser.instance = world().instance;
    await connect(world(), browser);
    expect(shown(browser)).toEqual(["active"]);
  });

  test("killed while the connection was being made, nothing is half made", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().emulator.control.addFault({ endpoint: "introspect", kind: "delay", ms: 300 });
    const opened = browser.open(callback).catch(() => "the connection broke");
    await untilCalled(world(), "introspect");
    world().proxy.stallAnswers();
    await until(async () => (await callsOf(world(), "introspect"))[0]?.status === 200, "Webflow's answer");
    await world().kill();
    expect(await opened).toBe("the connection broke");
    const [users, accounts] = await Promise.all([
      world().database.count("User"),
      world().database.query(`SELECT FROM "Account"`),
    ]);
    expect(accounts).toHaveLength(users);
  });
});

describe("52 with the pool exhausted", () => {
  test("people get words within the time limit, no code is lost, and it recovers by itself", async () => {
    const browser = await connected(world());
    const newcomer = world().browser();
    const callback = await consent(world(), newcomer);
    const [pages, late] = await world().database.locked("Grant", async () => {
      const views = await Promise.all(
        Array.from({ length: 25 }, () => {
          const twin = world().browser();
          for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
          return twin.open("/dashboard");
        }),
      );
      return [views, await newcomer.open(callback)] as const;
    });
    for (const page of pages) expect(page.text).toContain("Try again");
    expectWords(late, "database_unavailable");
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["active"]);
  });
});

test("53 two first sign-ins of one person at once, on two instances, make one User with one connection", async () => {
  const second = await world().startInstance();
  const browsers = [world().browser(), world().browser(second)];
  const callbacks = await Promise.all(browsers.map((browser) => consent(world(), browser)));
  await Promise.all(browsers.map((browser, index) => browser.open(callbacks[index] ?? "")));
  expect(await world().database.count("User")).toBe(1);
  for (const browser of browsers) {
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["active"]);
  }
  expect((await alive(world())).filter(Boolean)).toHaveLength(1);
  await second.stop();
});

test("a view of any page of a person while the database is down says so, and the connection is as it was", async () => {
  const browser = await connected(world());
  world().proxy.cut();
  for (const path of ["", "/sites", "/activity", "/account", "/account/delete", "/account/data"]) {
    expect((await browser.open(`/dashboard${path}`)).text, path).toContain("Try again");
  }
  world().proxy.mend();
  await browser.open("/dashboard");
  expect(shown(browser)).toEqual(["active"]);
});

test("the start and the page to sign in are there while the database is down, as to nobody", async () => {
  const browser = await connected(world());
  world().proxy.cut();
  for (const path of ["/", "/sign-in"]) {
    const { status, html } = await browser.open(path);
    expect([status, formsOf(html).map(({ buttons }) => buttons)], path).toEqual([200, [["Connect Webflow"]]]);
  }
  world().proxy.mend();
  expect((await browser.open("/")).text).toContain("You are signed in as Mira Okafor");
});

test("whoever signs out while the database is down is signed out in this browser, and told that the session lives on", async () => {
  const browser = await connected(world());
  await browser.open("/dashboard");
  world().proxy.cut();
  const { text, status } = await browser.press("Sign out");
  expect(status).toBe(503);
  expect(text).toContain("You are signed out in this browser only");
  world().proxy.mend();
  expect((await browser.open("/dashboard")).url.pathname).toBe("/sign-in");
});

test("a session of which nobody can tell whether it is over stays, in words", async () => {
  const browser = await connected(world());
  const before = [...browser.cookies];
  world().proxy.cut();
  const { text, status } = await browser.open("/session-ended");
  expect(status).toBe(503);
  expect(text).toContain("We could not do that");
  expect([...browser.cookies]).toEqual(before);
  world().proxy.mend();
  await browser.press("Try again");
  expect(shown(browser)).toEqual(["active"]);
});

test("whoever asks for something while the database is down reads that it is not done, with a reference that the log has", async () => {
  const browser = await connected(world());
  await browser.open("/dashboard");
  world().proxy.cut();
  const { text, status } = await browser.press("Check now");
  expect(status).toBe(503);
  expect(text).toContain("We could not do that");
  const [, reference] = /Reference: ([0-9a-f]{16})/.exec(text) ?? [];
  expect(world().instance.logs()).toMatch(new RegExp(`"event":"error_page".*"${reference}"`));
  world().proxy.mend();
});

test("who signs out by NextAuth's own route while the database is down is told the same", async () => {
  const browser = await connected(world());
  const { csrfToken } = JSON.parse(
    (await browser.send("GET", new URL("/api/auth/csrf", world().app.origin))).body,
  );
  world().proxy.cut();
  for (const [header, told] of [
    [{}, "location"],
    [{ "x-auth-return-redirect": "1" }, "url"],
  ] as [Record<string, string>, string][]) {
    const twin = world().browser();
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
    const { headers, body } = await twin.send("POST", new URL("/api/auth/signout", world().app.origin), {
      body: new URLSearchParams({ csrfToken }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded", ...header },
    });
    const url = told === "url" ? JSON.parse(body).url : headers.location;
    expect(url).toContain("/auth/error?error=not_signed_out");
    expect(`${headers["set-cookie"]}`).toContain("session-token=;");
  }
});

test("a slow database makes no one's page fail", async () => {
  world().proxy.delay(100);
  const browser = await connected(world());
  expect(shown(browser)).toEqual(["active"]);
});
