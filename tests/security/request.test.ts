import { decode } from "next-auth/jwt";
import { describe, expect, test } from "vitest";
import { toSafePath } from "@/lib/auth/safe-path";
import { formsOf } from "../support/html";
import { samePlaces } from "../support/randomness";
import { connect, exchanges, newBrowser, openStack, signedIn, startConnecting, urlOf } from "./stack";

const stack = openStack();
const callbackUrl = (query: string) => urlOf(stack(), `/api/auth/callback/webflow?${query}`);
const users = () => stack().database.count("User");

/** Requests that are no visit of a person, as link checkers and browsers send them. */
const looks: [string, Record<string, string>][] = [
  ["HEAD", {}],
  ["GET", { "sec-purpose": "prefetch;prerender", "sec-fetch-dest": "document" }],
  ["GET", { purpose: "prefetch" }],
  ["GET", { "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site" }],
  ["GET", { "sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site" }],
];

/** A prefetch has to fail: a browser shows what it answered when somebody goes there, and of nothing nothing. */
const answerTo = (headers: Record<string, string>) =>
  "sec-purpose" in headers || "purpose" in headers ? 503 : 204;

/** Signs in through NextAuth's own route, as next-auth/react does. Answers the authorize URL. */
async function signInPost(
  query: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const browser = newBrowser(stack());
  const csrf = await browser.send("GET", urlOf(stack(), "/api/auth/csrf"));
  const { csrfToken } = JSON.parse(csrf.body);
  const visit = await browser.send("POST", urlOf(stack(), `/api/auth/signin/webflow${query}`), {
    body: new URLSearchParams({ ...fields, csrfToken }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
  return new URL(visit.headers.location ?? "about:blank");
}

describe("A the request", () => {
  test("A1 state has 128 bits or more, is never the same, and is stored as a hash for 15 minutes at most", async () => {
    const urls = [];
    for (let n = 0; n < 5; n++) urls.push(new URL(await startConnecting(newBrowser(stack()))));
    const states = urls.map((url) => url.searchParams.get("state") ?? "");
    // NextAuth seals what is random in it, together with what is not.
    const secret = stack().environment.AUTH_SECRET ?? "";
    const payloads = await Promise.all(
      states.map((token) => decode({ token, secret, salt: "encodedState" })),
    );
    const bytes = payloads.map((payload) => Buffer.from(`${payload?.random}`, "base64url"));
    for (const { length } of bytes) expect(length).toBeGreaterThanOrEqual(16);
    expect(samePlaces(bytes)).toBe(0);
    const rows = await stack().database.query<{ stateHash: string; minutes: number }>(
      `SELECT "stateHash", extract(epoch FROM "expiresAt" - now()) / 60 AS minutes FROM "AuthorizationRequest"`,
    );
    expect(rows).toHaveLength(5);
    for (const { stateHash, minutes } of rows) {
      expect(stateHash).toMatch(/^[0-9a-f]{64}$/);
      expect(states.join()).not.toContain(stateHash);
      expect(Number(minutes)).toBeLessThanOrEqual(15);
    }
  });

  test("A1 state of a start that is 15 minutes old is refused without a token request", async () => {
    const browser = newBrowser(stack());
    const callback = await stack().emulator.control.authorize(await startConnecting(browser));
    await stack().database.query(
      `UPDATE "AuthorizationRequest" SET "expiresAt" = now() - interval '1 second'`,
    );
    expect((await browser.open(callback)).url.search).toBe("?error=start_expired");
    expect(await exchanges(stack())).toBe(0);
  });

  test("A1 state of a start that knows no browser, as from before an update, is refused without a token request", async () => {
    const browser = newBrowser(stack());
    const callback = await stack().emulator.control.authorize(await startConnecting(browser));
    await stack().database.query(`UPDATE "AuthorizationRequest" SET "cookieHash" = NULL`);
    expect((await browser.open(callback)).url.search).toBe("?error=start_expired");
    browser.cookies.clear();
    expect((await browser.open(callback)).url.search).toBe("?error=start_expired");
    expect(await exchanges(stack())).toBe(0);
  });

  test("A2 redirect_uri is the configured one, whatever Host and X-Forwarded-Host say", async () => {
    for (const headers of [
      { host: "evil.example" },
      { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
      { host: "evil.example", "x-forwarded-host": "evil.example", forwarded: "host=evil.example" },
    ] as Record<string, string>[]) {
      const visit = await newBrowser(stack()).send("GET", urlOf(stack(), "/install"), { headers });
      const url = new URL(visit.headers.location ?? "about:blank");
      expect(url.origin).toBe(stack().emulator.origin);
      expect(url.searchParams.get("redirect_uri")).toBe(`${stack().app.origin}/api/auth/callback/webflow`);
      expect(JSON.stringify(visit.headers)).not.toContain("evil.example");
      const own = await signInPost("", {}, headers);
      expect(own.searchParams.get("redirect_uri")).toBe(url.searchParams.get("redirect_uri"));
    }
  });

  test("A3 scope, redirect_uri, client_id, response_type and state sent by the browser are ignored", async () => {
    const evil = {
      scope: "sites:write",
      redirect_uri: "https://evil.example/",
      client_id: "evil",
      response_type: "token",
      state: "evil",
    };
    const query = `?${new URLSearchParams(evil)}`;
    const install = await newBrowser(stack()).send("GET", urlOf(stack(), `/install${query}`));
    for (const url of [
      new URL(install.headers.location ?? "about:blank"),
      await signInPost(query, {}),
      await signInPost("", evil),
    ]) {
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        scope: "authorized_user:read sites:read",
        redirect_uri: `${stack().app.origin}/api/auth/callback/webflow`,
        client_id: stack().clientId,
        response_type: "code",
      });
      expect(url.search).not.toContain("evil");
      for (const name of Object.keys(evil)) expect(url.searchParams.getAll(name)).toHaveLength(1);
    }
  });

  test("A4 starting needs a POST from a page of ours; GET starts nothing but at /install", async () => {
    const browser = newBrowser(stack());
    const [form] = formsOf((await browser.open("/sign-in")).html);
    const starts = async () => (await stack().database.query(`SELECT FROM "AuthorizationRequest"`)).length;
    const post = (headers: Record<string, string | undefined>) =>
      browser.send("POST", urlOf(stack(), form?.action ?? ""), {
        body: new URLSearchParams(form?.fields),
        headers,
      });
    for (const origin of [
      "https://evil.example",
      "null",
      "",
      undefined,
      stack().app.origin.replace("http:", "https:"),
    ])
      expect((await post({ origin })).status, origin).toBe(403);
    expect((await post({ origin: "https://evil.example", "x-forwarded-host": "evil.example" })).status).toBe(
      403,
    );
    for (const path of ["/sign-in", "/api/auth/signin", "/api/auth/signin/webflow", "/"])
      expect((await browser.send("GET", urlOf(stack(), path))).headers.location ?? "").not.toContain(
        "/oauth/",
      );
    expect(await starts()).toBe(0);
    expect((await post({})).headers.location).toContain("/oauth/authorize?");
    expect(await starts()).toBe(1);
  });

  test("A4 /install starts nothing for who only looks: a link checker, a prefetch, another page's picture or frame", async () => {
    const browser = newBrowser(stack());
    for (const [method, headers] of looks) {
      const visit = await browser.send(method, urlOf(stack(), "/install"), { headers });
      expect(visit, JSON.stringify(headers)).toMatchObject({ status: answerTo(headers), body: "" });
      expect(visit.headers["cache-control"]).toBe("no-store");
    }
    expect(await stack().database.query(`SELECT FROM "AuthorizationRequest"`)).toEqual([]);
    expect([...browser.cookies.keys()]).toEqual([]);
    const headers = { "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" };
    expect((await browser.send("GET", urlOf(stack(), "/install"), { headers })).status).toBe(302);
  });
});

describe("B the callback", () => {
  test("B1 no, wrong, old, foreign or replayed state makes no token request at all", async () => {
    const mine = newBrowser(stack());
    const callback = new URL(await stack().emulator.control.authorize(await startConnecting(mine)));
    const code = callback.searchParams.get("code");
    const foreign = await newBrowser(stack()).open(callback);
    expect(foreign.url.pathname).toBe("/auth/error");
    const other = newBrowser(stack());
    await startConnecting(other);
    for (const query of [`code=${code}`, `code=${code}&state=`, `code=${code}&state=wrong`, "state=wrong"])
      await other.open(callbackUrl(query));
    expect(await exchanges(stack())).toBe(0);
    const again = newBrowser(stack());
    const good = await stack().emulator.control.authorize(await startConnecting(again));
    expect((await again.open(good)).url.pathname).toBe("/dashboard");
    for (let n = 0; n < 3; n++) expect((await again.open(good)).url.search).toBe("?error=start_used");
    expect(await exchanges(stack())).toBe(1);
  });

  test("B1 the state is used up by nobody but the browser that it was given to, and not by its looking", async () => {
    const mine = newBrowser(stack());
    const callback = new URL(await stack().emulator.control.authorize(await startConnecting(mine)));
    for (const [method, headers] of looks)
      expect((await mine.send(method, callback, { headers })).status, JSON.stringify(headers)).toBe(
        answerTo(headers),
      );
    const foreign = newBrowser(stack());
    expect((await foreign.open(callback)).url.search).toBe("?error=start_expired");
    await startConnecting(foreign);
    expect((await foreign.open(callback)).url.search).toBe("?error=start_expired");
    expect(await exchanges(stack())).toBe(0);
    expect((await mine.open(callback)).url.pathname).toBe("/dashboard");
  });

  test("B2 a code without state is never redeemed: a fresh flow begins", async () => {
    const page = await newBrowser(stack()).open(callbackUrl("code=anything"));
    expect(`${page.url.origin}${page.url.pathname}`).toBe(`${stack().emulator.origin}/oauth/authorize`);
    expect(page.url.searchParams.get("state")).toBeTruthy();
    expect(await exchanges(stack())).toBe(0);
  });

  test("B3 repeated or overlong parameters, and code and error together, get a 400 page", async () => {
    for (const query of [
      "code=a&code=b&state=s",
      "code=a&state=s&state=t",
      "error=a&error=b",
      "code=a&state=s&error=access_denied",
      `code=${"a".repeat(513)}&state=s`,
      `code=a&state=${"s".repeat(4_097)}`,
      "",
      "state=s",
    ]) {
      const page = await newBrowser(stack()).open(callbackUrl(query));
      expect(page.status, query.slice(0, 40)).toBe(400);
      expect(page.text).toContain("The way back from Webflow was damaged");
      expect(formsOf(page.html)[0]).toMatchObject({ action: "/install", buttons: ["Try again"] });
    }
  });

  test("B3 what else a callback carries is ignored, even what answers another kind of request", async () => {
    const others =
      "iss=https://webflow.com&iss=a&response=a&id_token=a&token=a&redirect_uri=https://evil.example&scope=a";
    const browser = newBrowser(stack());
    const callback = await stack().emulator.control.authorize(await startConnecting(browser));
    expect((await browser.open(`${callback}&${others}`)).url.href).toBe(`${stack().app.origin}/dashboard`);
    const asked = (await stack().emulator.control.requests()).find(({ endpoint }) => endpoint === "token");
    expect(asked?.rawBody).not.toMatch(/evil|id_token|iss=|scope=/);
  });

  test("B4 an error goes through the closed list, and nothing of it is echoed", async () => {
    const page = await newBrowser(stack()).open(
      callbackUrl("error=access_denied&error_description=<b>Injected</b>&error_uri=https://evil.example"),
    );
    expect(page.url.href).toBe(`${stack().app.origin}/auth/error?error=access_denied`);
    expect(page.html).not.toMatch(/Injected|evil\.example/);
    const odd = await newBrowser(stack()).open(callbackUrl("error=Injected"));
    expect(odd.url.search).toBe("?error=unknown");
    const direct = await newBrowser(stack()).open("/auth/error?error=Injected&message=Injected");
    expect(direct.url.search).toBe("?error=unknown");
    expect(direct.html).not.toContain("Injected");
  });

  test("B4 NextAuth's own pages lead to words at once, whatever they are asked", async () => {
    for (const path of [
      "/api/auth/error",
      "/api/auth/error?error=undefined",
      "/api/auth/error?error=Configuration",
      // It says that an e-mail was sent.
      "/api/auth/verify-request",
    ]) {
      const { status, headers } = await newBrowser(stack()).send("GET", urlOf(stack(), path));
      expect([status, headers.location], path).toEqual([
        302,
        `${stack().app.origin}/auth/error?error=unknown`,
      ]);
    }
  });

  test("B5 after the callback the URL is clean, Referrer-Policy no-referrer, Cache-Control no-store", async () => {
    const browser = newBrowser(stack());
    const good = new URL(await stack().emulator.control.authorize(await startConnecting(browser)));
    for (const url of [good, good, callbackUrl("error=access_denied"), callbackUrl("code=a&code=b")]) {
      const { headers } = await browser.send("GET", url);
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers.location ?? "").not.toMatch(/code=|state=/);
    }
  });

  test("B6 callbackUrl leads to paths of this origin only", async () => {
    const { origin } = stack().app;
    for (const evil of [
      "//evil.example",
      "/\\evil.example",
      "https:evil.example",
      "/\tevil.example",
      "/\n/evil.example",
      `https://user@${new URL(origin).host}/`,
      `${origin}@evil.example/`,
      `${origin}.evil.example`,
      "javascript:alert(1)",
      `/${"a".repeat(10_240)}`,
    ]) {
      expect(toSafePath(evil, origin)).toBe("/dashboard");
      const browser = newBrowser(stack());
      const csrf = JSON.parse((await browser.send("GET", urlOf(stack(), "/api/auth/csrf"))).body);
      const form = new URLSearchParams({ callbackUrl: evil, csrfToken: csrf.csrfToken });
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const start = await browser.send("POST", urlOf(stack(), "/api/auth/signin/webflow"), {
        body: form.toString(),
        headers,
      });
      const page = await browser.open(await stack().emulator.control.authorize(start.headers.location ?? ""));
      expect(page.url.href, evil.slice(0, 40)).toBe(`${origin}/dashboard`);
      const out = await browser.send("POST", urlOf(stack(), "/api/auth/signout"), {
        body: new URLSearchParams({
          callbackUrl: evil,
          csrfToken: JSON.parse((await browser.send("GET", urlOf(stack(), "/api/auth/csrf"))).body).csrfToken,
        }).toString(),
        headers,
      });
      expect(new URL(out.headers.location ?? "/", origin).origin, evil.slice(0, 40)).toBe(origin);
    }
  });

  test("B7 who finishes is who started: signed in meanwhile, out meanwhile, or as somebody else", async () => {
    const browser = newBrowser(stack());
    const early = await stack().emulator.control.authorize(await startConnecting(browser));
    const stateCookie = browser.cookies.get("authjs.state") ?? "";
    await connect(stack(), browser);
    const session = browser.cookies.get("authjs.session-token") ?? "";
    browser.cookies.set("authjs.state", stateCookie);
    expect((await browser.open(early)).url.search).toBe("?error=session_changed");
    const late = await stack().emulator.control.authorize(await startConnecting(browser));
    browser.cookies.delete("authjs.session-token");
    expect((await browser.open(late)).url.search).toBe("?error=session_changed");
    const another = await signedIn(stack(), { userId: "64b7f1a29c0d4e0011cd0002" });
    browser.cookies.set("authjs.session-token", another.cookies.get("authjs.session-token") ?? "");
    expect((await browser.open(late)).url.search).toBe("?error=session_changed");
    browser.cookies.set("authjs.session-token", session);
    expect((await browser.open(late)).url.pathname).toBe("/dashboard");
    expect(await users()).toBe(2);
  });
});
