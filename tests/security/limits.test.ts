import { describe, expect, test } from "vitest";
import { HttpBrowser } from "../support/browser";
import { textOf } from "../support/html";
import { addressHeader, connect, newBrowser, openStack, signedIn, startConnecting, urlOf } from "./stack";

const stack = openStack({ environment: { CLIENT_ADDRESS_HEADER: addressHeader } });

/** Asks until it is refused, at most `most` times. Answers after how many, and the refusal. */
async function askUntilRefused(most: number, ask: () => Promise<Response>) {
  for (let count = 0; count < most; count++) {
    const answer = await ask();
    if (answer.status === 429) return { count, answer };
    await answer.arrayBuffer();
  }
  throw new Error(`never refused in ${most}`);
}

const from = (address: string, path: string, others: Record<string, string> = {}) =>
  fetch(`${stack().app.origin}${path}`, {
    redirect: "manual",
    headers: { [addressHeader]: address, ...others },
  });

/** Follows it to the page that refuses what was too often. */
async function landed(asked: Promise<Response>): Promise<Response> {
  const answer = await asked;
  const location = answer.headers.get("location") ?? "";
  return location.includes("/too-many-requests?") ? fetch(location) : answer;
}

async function expectRefusal(answer: Response): Promise<void> {
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(600);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(textOf(await answer.text())).toContain("wait a few minutes");
}

describe("H3 a rate limit", () => {
  test("H3 stops starts of one address with 429, Retry-After and words, and nobody else's", async () => {
    const { count, answer } = await askUntilRefused(40, () => from("203.0.113.7", "/install"));
    expect(count).toBe(30);
    await expectRefusal(answer);
    expect((await from("203.0.113.8", "/install")).status).toBe(302);
  });

  test("H3 leaves a start that is under way alone when it refuses the next, however that is made", async () => {
    const headers = { [addressHeader]: "203.0.113.14" };
    const browser = newBrowser(stack());
    const start = await browser.send("GET", urlOf(stack(), "/install"), { headers });
    await askUntilRefused(40, () => from("203.0.113.14", "/install"));
    const { csrfToken } = JSON.parse((await browser.send("GET", urlOf(stack(), "/api/auth/csrf"))).body);
    const refusals = [
      await browser.send("GET", urlOf(stack(), "/install"), { headers }),
      await browser.send("POST", urlOf(stack(), "/install"), { headers, body: new URLSearchParams() }),
      await browser.send("POST", urlOf(stack(), "/api/auth/signin/webflow"), {
        headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ csrfToken }).toString(),
      }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([429, 429, 429]);
    for (const refusal of refusals) expect(refusal.headers["set-cookie"] ?? []).toEqual([]);
    const callback = await stack().emulator.control.authorize(start.headers.location ?? "");
    expect((await browser.open(callback)).url.pathname).toBe("/dashboard");
  });

  test("H3 is shared by all instances, and counts ten at once as ten", async () => {
    const other = await stack().startInstance();
    const ask = (origin: string) =>
      fetch(`${origin}/install`, {
        redirect: "manual",
        headers: { host: new URL(stack().app.origin).host, [addressHeader]: "203.0.113.9" },
      });
    const origins = [stack().app.origin, other.origin];
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(origins[n % 2] ?? "")));
    expect(answers.filter(({ status }) => status === 302)).toHaveLength(30);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    await other.stop();
  });

  test("H3 refuses so many headers that the address could be among those that Node drops", async () => {
    const junk = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n.toString(36)}`, ""]));
    const ask = async (count: number) => {
      const headers = { ...junk(count), [addressHeader]: "203.0.113.17" };
      const { status, body } = await newBrowser(stack()).send("GET", urlOf(stack(), "/install"), { headers });
      return { status, text: textOf(body) };
    };
    await askUntilRefused(40, () => from("203.0.113.17", "/install"));
    expect((await ask(900)).status).toBe(429);
    for (const count of [999, 1_000, 1_500]) {
      const { status, text } = await ask(count);
      expect(status, `${count}`).toBe(400);
      expect(text).toContain("That request was damaged");
    }
  });

  test("H3 believes no header but the configured one, of a list its last entry, of IPv6 the /64", async () => {
    const spoof = (n: number) => ({
      "x-forwarded-for": `198.51.100.${n}`,
      "x-real-ip": `198.51.100.${n}`,
      forwarded: `for=198.51.100.${n}`,
    });
    let n = 0;
    const list = () => from(`198.51.100.${n++}, 203.0.113.10`, "/install", spoof(n));
    expect((await askUntilRefused(40, list)).count).toBe(30);
    const subscriber = () => from(`2001:db8:1:2::${(n++).toString(16)}`, "/install");
    expect((await askUntilRefused(40, subscriber)).count).toBe(30);
    expect((await from("2001:db8:1:3::1", "/install")).status).toBe(302);
  });

  test("H3 counts nobody whose address is not known: no counter is everybody's", async () => {
    for (let n = 0; n < 40; n++)
      expect((await from(n % 2 ? "" : "not an address", "/install")).status).toBe(302);
    expect(await stack().database.query(`SELECT FROM "RateLimit"`)).toEqual([]);
  });

  test("H3 takes nobody for the proxy, whose address Next puts where x-forwarded-for does not come", async () => {
    const instance = await stack().startInstance({ CLIENT_ADDRESS_HEADER: "x-forwarded-for" });
    const ask = (path: string, headers = {}) =>
      fetch(`${instance.origin}${path}`, {
        redirect: "manual",
        headers: { host: new URL(stack().app.origin).host, ...headers },
      });
    for (let n = 0; n < 40; n++) expect((await ask("/install")).status).toBe(302);
    for (let n = 0; n < 40; n++)
      expect((await ask("/api/auth/callback/webflow?code=a&state=b")).status).toBe(302);
    expect(await stack().database.query(`SELECT FROM "RateLimit"`)).toEqual([]);
    await startConnecting(new HttpBrowser({ origin: stack().app.origin, instance }));
    const sent = { "x-forwarded-for": "198.51.100.1, 203.0.113.16" };
    expect((await askUntilRefused(40, () => ask("/install", sent))).count).toBe(30);
    expect((await ask("/install", { "x-forwarded-for": "203.0.113.17" })).status).toBe(302);
    await instance.stop();
    expect(instance.logs().match(/"event":"client_address_unreadable".*/g)).toEqual([
      expect.stringContaining('"code":"missing"'),
    ]);
  });

  test("H3 stops downloads of one session, and not those of its User's others", async () => {
    const [one, other] = [await signedIn(stack()), await signedIn(stack())];
    const download = (browser: HttpBrowser) =>
      from("203.0.113.18", "/dashboard/account/data", { cookie: browser.cookieHeader() });
    const { count, answer } = await askUntilRefused(20, () => landed(download(one)));
    expect(count).toBe(10);
    await expectRefusal(answer);
    expect((await download(other)).status).toBe(200);
  });

  test("H3 counts the starts of a session whose address is not known, and not those of its User's others", async () => {
    const [thief, owner] = [await signedIn(stack()), await signedIn(stack())];
    expect(await stack().database.count("User")).toBe(1);
    const start = (browser: HttpBrowser) => browser.send("GET", urlOf(stack(), "/install"));
    for (let count = 0; count < 30; count++) expect((await start(thief)).status).toBe(302);
    expect((await start(thief)).status).toBe(429);
    expect((await start(owner)).status).toBe(302);
  });

  test("H3 counts apart where another site's page leads, and by no session: it neither takes from a person nor learns of one", async () => {
    const led = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    const { count } = await askUntilRefused(40, () => from("203.0.113.21", "/install", led));
    expect(count).toBe(30);
    const own = newBrowser(stack());
    const headers = { [addressHeader]: "203.0.113.21" };
    const start = await own.send("POST", urlOf(stack(), "/install"), {
      headers,
      body: new URLSearchParams(),
    });
    expect(start.status).toBe(302);
    const browser = await signedIn(stack());
    for (let n = 0; n < 35; n++)
      expect((await browser.send("GET", urlOf(stack(), "/install"), { headers: led })).status).toBe(302);
    const next = await browser.send("POST", urlOf(stack(), "/install"), { body: new URLSearchParams() });
    expect(next.headers.location).toContain("/oauth/authorize");
  });

  test("H3 stops failed callbacks of one address at an address without what Webflow sent, and counts none that succeeds", async () => {
    const fail = () => from("203.0.113.11", "/api/auth/callback/webflow?code=a&state=b");
    const { count, answer } = await askUntilRefused(40, () => landed(fail()));
    expect(count).toBe(30);
    await expectRefusal(answer);
    expect(new URL(answer.url).search).toMatch(/^\?seconds=\d+$/);
    expect((await connect(stack(), newBrowser(stack()))).url.pathname).toBe("/dashboard");
  });

  test("H3 has no other web page use up what a person's own answer from Webflow has", async () => {
    const address = { [addressHeader]: "203.0.113.22" };
    const browser = newBrowser(stack());
    const start = await browser.send("GET", urlOf(stack(), "/install"), { headers: address });
    const led = { ...address, "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" };
    const callback = urlOf(stack(), "/api/auth/callback/webflow?error=access_denied");
    for (let count = 0; count < 35; count++) await browser.send("GET", callback, { headers: led });
    const { location } = (await browser.send("GET", callback, { headers: led })).headers;
    expect(location).toContain("/too-many-requests?");
    const { control } = stack().emulator;
    const denied = await control.deny(start.headers.location ?? "");
    const own = await browser.send("GET", new URL(denied), { headers: address });
    expect(own.headers.location).toContain("error=access_denied");
    // Its own answer has a limit too.
    const answers = [];
    for (let count = 0; count < 30; count++)
      answers.push((await browser.send("GET", new URL(denied), { headers: address })).headers.location);
    expect(answers.filter((to) => to?.includes("/too-many-requests?"))).toHaveLength(1);
  });

  test("H3 counts a callback that is sent by POST as a failed one", async () => {
    const post = () =>
      fetch(`${stack().app.origin}/api/auth/callback/webflow`, {
        method: "POST",
        redirect: "manual",
        headers: { [addressHeader]: "203.0.113.15", origin: stack().app.origin },
      });
    expect((await post()).status).toBe(400);
    const { count, answer } = await askUntilRefused(40, () => landed(post()));
    expect(count).toBe(29);
    await expectRefusal(answer);
  });

  test("H3 keeps no address and no id in the database", async () => {
    await from("203.0.113.12", "/install");
    const rows = JSON.stringify(await stack().database.query(`SELECT * FROM "RateLimit"`));
    expect(rows).toMatch(/[0-9a-f]{64}/);
    expect(rows).not.toContain("203.0.113");
  });

  test("H3 stops a person who presses Check now without end: 429 and words", async () => {
    const browser = await signedIn(stack());
    for (let n = 0; n < 30; n++) {
      await browser.press("Check now");
      expect(browser.page?.url.pathname).toBe("/dashboard");
    }
    const page = await browser.press("Check now");
    expect(page).toMatchObject({ status: 429 });
    expect(page.text).toContain("wait a few minutes");
  });

  test("H3 stops a person who disconnects without end: 429 and words; what was taken back is", async () => {
    const browser = await signedIn(stack());
    const page = await browser.press("Disconnect");
    const body = () => browser.formData("Disconnect", page);
    const ask = () => browser.send("POST", page.url, { body: body() });
    for (let n = 0; n < 60; n++) expect((await ask()).headers.location, `${n}`).toBe("/dashboard");
    const { location } = (await ask()).headers;
    expect(location).toContain("/too-many-requests?");
    const refusal = await browser.open(location ?? "");
    expect(refusal).toMatchObject({ status: 429 });
    expect(refusal.text).toContain("wait a few minutes");
    expect((await stack().emulator.control.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);
    // Somebody else's are counted by themselves.
    const other = await signedIn(stack(), { userId: "64b7f1a29c0d4e0011cd0002" });
    await other.press("Disconnect");
    expect((await other.press("Disconnect")).text).toContain("Disconnected");
  });

  test("H3 stops a person who unlinks without end: 429 and words", async () => {
    const browser = await signedIn(stack());
    for (const userId of ["64b7f1a29c0d4e0011cd0002", "64b7f1a29c0d4e0011cd0003"])
      await connect(stack(), browser, { userId });
    const ask = async (button: string) => {
      await browser.open("/dashboard/account");
      const { url } = await browser.press(button);
      const body = browser.formData(button);
      return () => browser.send("POST", url, { body });
    };
    const [unlink, unlinkOthers] = [await ask("Unlink"), await ask("Unlink all others")];
    for (let n = 0; n < 5; n++)
      for (const send of [unlink, unlinkOthers])
        expect((await send()).headers.location).toBe("/dashboard/account");
    for (const send of [unlink, unlinkOthers])
      expect(await browser.open((await send()).headers.location ?? "")).toMatchObject({ status: 429 });
  });

  test("H3 stops a person who deletes their account without end: 429 and words", async () => {
    const browser = await signedIn(stack());
    const { database } = stack();
    // Who succeeds is gone: only what fails can be tried again.
    await database.query(`CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'not now'; END $$`);
    await database.query(
      `CREATE TRIGGER forbid BEFORE DELETE ON "User" FOR EACH ROW EXECUTE FUNCTION forbid()`,
    );
    try {
      await browser.open("/dashboard/account");
      const { url } = await browser.press("Delete account");
      const ask = () => browser.send("POST", url, { body: browser.formData("Delete account") });
      for (let n = 0; n < 5; n++) expect((await ask()).headers.location).toBe("/refused?status=503");
      expect(await browser.open((await ask()).headers.location ?? "")).toMatchObject({ status: 429 });
    } finally {
      await database.query(`DROP FUNCTION forbid CASCADE`);
    }
  });

  test("H3 counts each session by itself: who stole one keeps its owner from taking nothing back", async () => {
    const thief = await signedIn(stack());
    const owner = await signedIn(stack());
    await thief.open("/dashboard");
    const page = await thief.press("Disconnect");
    const body = thief.formData("Disconnect", page);
    body.set("connection", "00000000-0000-4000-8000-000000000000");
    for (let n = 0; n < 60; n++) await thief.send("POST", page.url, { body });
    expect((await thief.press("Disconnect")).status).toBe(429);
    await owner.press("Disconnect");
    expect((await owner.press("Disconnect")).text).toContain("Disconnected");
  });

  test("H3 lets a disconnect through when it cannot count", async () => {
    const browser = await signedIn(stack());
    await stack().database.query(`ALTER TABLE "RateLimit" RENAME TO "RateLimitOutOfReach"`);
    try {
      await browser.press("Disconnect");
      expect((await browser.press("Disconnect")).text).toContain("Disconnected");
      expect((await stack().emulator.control.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);
    } finally {
      await stack().database.query(`ALTER TABLE "RateLimitOutOfReach" RENAME TO "RateLimit"`);
    }
  });

  test("H3 stops a scheduler that has run wild, and tells nothing to who lacks the secret", async () => {
    const sweep = (secret: string) =>
      from("203.0.113.13", "/api/cron/sweep", { authorization: `Bearer ${secret}` });
    const { answer } = await askUntilRefused(130, () => sweep(stack().cronSecret));
    expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect((await sweep("wrong")).status).toBe(401);
  });
});
