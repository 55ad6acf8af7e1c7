import { describe, expect, test } from "vitest";
import { errorWords } from "@/app/auth/error/messages";
import type { AppProcess } from "../support/app";
import {
  alive,
  callsOf,
  connect,
  connected,
  consent,
  expectWords,
  idOf,
  shown,
  startConnecting,
} from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
const exchanges = async () => (await callsOf(world(), "token")).length;

describe("a callback is used once:", () => {
  test("11 replayed, it makes no second exchange and says so", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    expect((await browser.open(callback)).url.pathname).toBe("/dashboard");
    expectWords(await browser.open(callback), "start_used");
    expect(await exchanges()).toBe(1);
    expect(await alive(world())).toEqual([true]);
  });

  test("11 replayed where a replay kills the first token, the connection lives on", async () => {
    await world().emulator.control.setSwitches({ codeReplay: "kills_token" });
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await browser.open(callback);
    await browser.open(callback);
    expect(await alive(world())).toEqual([true]);
  });

  test("12 ten times at once on two instances, it makes one exchange and one connection", async () => {
    const second = await world().startInstance();
    const browser = world().browser();
    const callback = await consent(world(), browser);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const twin = world().browser(index % 2 === 0 ? world().instance : second);
        for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
        return twin.open(callback);
      }),
    );
    expect(answers.filter(({ url }) => url.pathname === "/dashboard")).toHaveLength(1);
    for (const page of answers.filter(({ url }) => url.pathname !== "/dashboard"))
      expectWords(page, "start_used");
    expect(await exchanges()).toBe(1);
    await second.stop();
  });

  test("13 an expired code is Webflow's no, in words", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().emulator.control.advanceClock(16 * 60_000);
    expectWords(await browser.open(callback), "invalid_grant");
  });

  test("13 a start of longer than fifteen minutes ago is not exchanged", async () => {
    const browser = world().browser();
    const callback = await consent(world(), browser);
    await world().database.query(
      `UPDATE "AuthorizationRequest" SET "expiresAt" = now() - interval '1 second'`,
    );
    expectWords(await browser.open(callback), "start_expired");
    expect(await exchanges()).toBe(0);
  });
});

describe("a callback that this browser did not start makes no exchange:", () => {
  test("14 without state it leads into a fresh flow", async () => {
    const browser = world().browser();
    const callback = new URL(await consent(world(), browser));
    callback.searchParams.delete("state");
    const page = await world().browser().open(callback);
    expect(page.url.origin + page.url.pathname).toBe(`${world().emulator.origin}/oauth/authorize`);
    expect(await exchanges()).toBe(0);
  });

  test("15 another browser's state", async () => {
    const callback = await consent(world(), world().browser());
    const victim = world().browser();
    expect((await victim.open(callback)).text).toContain("Try again");
    expect((await victim.open("/dashboard")).url.pathname).toBe("/sign-in");
    expect(await exchanges()).toBe(0);
  });

  test("16 another user's state: who finishes is who started", async () => {
    const attacker = await connected(world(), { userId: idOf("Jonas") });
    const callback = await consent(world(), attacker, { userId: idOf("Tomás") });
    const victim = await connected(world(), { userId: idOf("Mira") });
    // Even with the attacker's state cookie planted.
    for (const [name, value] of attacker.cookies) if (name.endsWith("state")) victim.cookies.set(name, value);
    expectWords(await victim.open(callback), "session_changed");
    expect(await exchanges()).toBe(2);
  });

  test("17 an earlier tab's, while the later tab's works", async () => {
    const browser = world().browser();
    const first = await consent(world(), browser);
    const second = await consent(world(), browser);
    expect((await browser.open(first)).text).toContain("Try again");
    expect(await exchanges()).toBe(0);
    expect((await browser.open(second)).url.pathname).toBe("/dashboard");
  });
});

describe("a damaged callback makes no exchange, and gets words:", () => {
  test.each([
    ["18 repeated code", "code=a&code=b&state=s"],
    ["18 repeated state", "code=a&state=s&state=t"],
    ["18 code and error", "code=a&state=s&error=access_denied"],
    ["19 9 KB of state", `code=a&state=${"s".repeat(9_000)}`],
    ["19 NUL", "code=%00&state=%00"],
    ["19 a lone surrogate", "code=%ED%A0%80&state=%ED%A0%80"],
    ["19 percent signs", "code=%%&state=%%"],
    ["19 half an escape", "code=%E0%A4%A&state=%"],
    ["19 nothing at all", ""],
  ])("%s", async (_, query) => {
    const browser = world().browser();
    const page = await browser.open(`/api/auth/callback/webflow?${query}`);
    expect(page.status).toBeLessThan(500);
    expect(page.text).toContain("Try again");
    expect(await exchanges()).toBe(0);
  });

  test("19 100 KB is refused by the server itself, which lives on", async () => {
    const browser = world().browser();
    const url = new URL(`/api/auth/callback/webflow?code=a&state=${"s".repeat(100_000)}`, world().app.origin);
    const status = await browser.send("GET", url).then(
      (visit) => visit.status,
      () => "reset", // it hangs up while we still send
    );
    expect([431, "reset"]).toContain(status);
    expect((await browser.open("/")).status).toBe(200);
  });

  test("20 markup in error_description is not echoed", async () => {
    const browser = world().browser();
    const page = await browser.open(
      "/api/auth/callback/webflow?error=access_denied&error_description=%3Cscript%3Ecanary-20%3C/script%3E&state=x",
    );
    expectWords(page, "access_denied");
    expect(page.text).toContain(errorWords.access_denied.title);
    expect(page.html).not.toContain("canary-20");
    expect(world().logs()).not.toContain("canary-20");
  });
});

test("21 after a sign-in nobody is sent to another site, whatever callbackUrl says", async () => {
  for (const evil of [
    "//evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/dashboard",
    `https://${new URL(world().app.origin).host}@evil.example/`,
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    `/${"a".repeat(10_000)}`,
  ]) {
    const browser = world().browser();
    const csrf = await browser.send("GET", new URL("/api/auth/csrf", world().app.origin));
    const body = new FormData();
    body.set("csrfToken", String(JSON.parse(csrf.body).csrfToken));
    body.set("callbackUrl", evil);
    const started = await browser.send("POST", new URL("/api/auth/signin/webflow", world().app.origin), {
      body,
    });
    const target = new URL(started.headers.location ?? "", world().app.origin);
    if (target.origin === world().app.origin) continue; // NextAuth refuses it at once
    expect(target.origin, evil).toBe(world().emulator.origin);
    const page = await browser.open(await world().emulator.control.authorize(target.href));
    expect(page.url.origin, evil).toBe(world().app.origin);
    expect(page.url.pathname, evil).toBe("/dashboard");
  }
});

test("two instances: a flow started at one ends at the other", async () => {
  const second: AppProcess = await world().startInstance();
  const browser = world().browser();
  const callback = await world().emulator.control.authorize(await startConnecting(browser));
  browser.instance = second;
  expect((await browser.open(callback)).url.pathname).toBe("/dashboard");
  browser.instance = world().instance;
  await connect(world(), browser);
  expect(shown(browser)).toEqual(["active"]);
  await second.stop();
});
