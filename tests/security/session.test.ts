import { describe, expect, test } from "vitest";
import { HttpBrowser } from "../support/browser";
import { startEmulatorProcess } from "../support/emulator";
import { endTransactions, openTransaction, whenWaiting } from "../support/locks";
import { pages } from "../support/pages";
import { samePlaces } from "../support/randomness";
import { until } from "../support/until";
import { connect, newBrowser, openStack, signedIn, startConnecting, urlOf } from "./stack";
import { withoutProxy } from "./without-proxy";

const stack = openStack();
const sessionCookie = "authjs.session-token";
const jonas = "64b7f1a29c0d4e0011cd0002";

/** Whose this Webflow user is here: nobody's, or one User's. */
const ownersOf = (webflowUserId: string) =>
  stack().database.query(`SELECT "userId" FROM "Account" WHERE "providerAccountId" = $1`, [webflowUserId]);

/** Pages and routes of somebody signed in, as an outsider might ask for them who knows an id. */
const closed = (id: string) =>
  [...pages.filter((path) => path.startsWith("/dashboard")), "/dashboard/account/data"].map((path) =>
    path.replace("[id]", id),
  );
const tricks: Record<string, string>[] = [
  {},
  { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
  { "x-middleware-subrequest": "src/proxy:src/proxy:src/proxy:src/proxy:src/proxy" },
  { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
  { "x-middleware-rewrite": "/dashboard", "x-middleware-next": "1" },
  { "x-middleware-prefetch": "1" },
  { "x-invoke-path": "/dashboard", "x-matched-path": "/dashboard", "x-invoke-status": "200" },
  { "x-nextjs-data": "1" },
  { rsc: "1" },
  { rsc: "1", "next-router-prefetch": "1" },
  { rsc: "1", "next-router-segment-prefetch": "/_tree" },
  { rsc: "1", "next-router-state-tree": encodeURIComponent('["",{"children":["dashboard",{}]}]') },
  { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "x-original-url": "/dashboard" },
  { authorization: "Bearer undefined" },
  { cookie: `${sessionCookie}=undefined` },
  { cookie: `${sessionCookie}=%00; __Host-${sessionCookie}=x` },
];

/** Asks for everything of somebody signed in with every trick, and answers all that came back. */
async function pry(
  browser: HttpBrowser,
  id: string,
): Promise<{ name: string; status: number; body: string }[]> {
  const paths = closed(id).flatMap((path) => [
    path,
    `${path}.rsc`,
    `${path}?_rsc`,
    `${path}?_rsc=1a2b3`,
    `${path}.segments/_tree.segment.rsc`,
    `/_next/data/build${path}.json`,
    `/.${path}`,
    `${path}/`,
  ]);
  const answers = [];
  for (const path of paths) {
    for (const headers of tricks) {
      const { status, body } = await browser.send("GET", urlOf(stack(), path), { headers });
      answers.push({ name: `${path} ${JSON.stringify(headers)}`, status, body });
    }
  }
  return answers;
}

/** What only the signed-in person may see; the id first, which whoever asks for its page knows already. */
async function secretsOf(browser: HttpBrowser): Promise<string[]> {
  const rows = await stack().database.query<{ id: string; email: string; siteIds: string[] }>(
    `SELECT g."id", a."email", g."siteIds" FROM "Grant" g JOIN "Account" a ON a."providerAccountId" = g."webflowUserId"`,
  );
  const [row] = rows;
  if (!row) throw new Error("nobody is connected");
  const secrets = [row.id, row.email, ...row.siteIds];
  const page = await browser.open("/dashboard");
  for (const secret of secrets.slice(0, 2)) expect(page.html).toContain(secret);
  return secrets;
}

describe("E the session", () => {
  test("E1 is a row of the database, found by the hash of 32 random bytes", async () => {
    const tokens = [];
    for (let n = 0; n < 5; n++) tokens.push((await signedIn(stack())).cookies.get(sessionCookie) ?? "");
    const bytes = tokens.map((token) => Buffer.from(token, "base64url"));
    expect(bytes.map(({ length }) => length)).toEqual([32, 32, 32, 32, 32]);
    expect(samePlaces(bytes)).toBe(0);
    const rows = JSON.stringify(await stack().database.query(`SELECT * FROM "Session"`));
    for (const token of tokens) expect(rows).not.toContain(token);
  });

  test("E1 is replaced at every sign-in, and gone from the database after signing out", async () => {
    const browser = await signedIn(stack());
    const old = browser.cookies.get(sessionCookie) ?? "";
    await connect(stack(), browser);
    expect(browser.cookies.get(sessionCookie)).not.toBe(old);
    const thief = newBrowser(stack());
    thief.cookies.set(sessionCookie, old);
    expect((await thief.open("/dashboard")).url.pathname).toBe("/sign-in");
    const kept = browser.cookies.get(sessionCookie) ?? "";
    await browser.press("Sign out");
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    thief.cookies.set(sessionCookie, kept);
    expect((await thief.open("/dashboard")).url.pathname).toBe("/sign-in");
    expect(await stack().database.count("Session")).toBe(0);
  });

  test("E1 ended while a callback of it is under way, at another instance: nobody is signed in, nothing is connected", async () => {
    const other = await stack().startInstance();
    const { control } = stack().emulator;
    /** A thief has the session of the owner's other browser, and is on the way back with a Webflow user of their own. */
    const ends: [string, (owner: HttpBrowser, robbed: HttpBrowser) => Promise<void>][] = [
      [
        "there",
        async (owner) => {
          await owner.open("/dashboard/account");
          await owner.press("Sign out there");
        },
      ],
      [
        "everywhere else",
        async (owner) => {
          await owner.open("/dashboard/account");
          await owner.press("Sign out everywhere else");
        },
      ],
      [
        "one's own",
        async (_, robbed) => {
          await robbed.open("/dashboard");
          await robbed.press("Sign out");
        },
      ],
      [
        "deletion",
        async (owner) => {
          await owner.open("/dashboard/account");
          await owner.press("Delete account");
          await owner.press("Delete account");
        },
      ],
    ];
    for (const [name, end] of ends) {
      const owner = await signedIn(stack());
      const robbed = await signedIn(stack());
      const thief = newBrowser(stack());
      thief.instance = other;
      for (const [cookie, value] of robbed.cookies) thief.cookies.set(cookie, value);
      const callback = await control.authorize(await startConnecting(thief), { userId: jonas });
      await control.clearRequests();
      await control.addFault({ endpoint: "introspect", kind: "delay", ms: 1_000 });
      const opened = thief.open(callback);
      await until(
        async () => (await control.requests()).some(({ endpoint }) => endpoint === "introspect"),
        "the callback",
      );
      await end(owner, robbed);
      expect((await opened).url.search, name).toBe("?error=session_changed");
      expect((await thief.open("/dashboard")).url.pathname, name).toBe("/sign-in");
      expect(await ownersOf(jonas), name).toEqual([]);
      const { tokens } = await control.ledger();
      expect(
        tokens.filter(({ alive, userId }) => alive && userId === jonas),
        name,
      ).toEqual([]);
      await owner.open("/dashboard");
      if (owner.page?.url.pathname === "/dashboard") await owner.press("Sign out");
      await robbed.open("/dashboard");
      if (robbed.page?.url.pathname === "/dashboard") await robbed.press("Sign out");
    }
    await other.stop();
  });

  test("E1 is one cookie of exactly one name: what else is called like it neither signs in nor keeps signing out from working", async () => {
    const look = async (browser: HttpBrowser) =>
      (await browser.send("GET", urlOf(stack(), "/api/auth/session"))).body;
    for (const other of [`${sessionCookie}.0`, `${sessionCookie}.1`, `${sessionCookie}-of-another-app`]) {
      const browser = await signedIn(stack());
      const token = browser.cookies.get(sessionCookie) ?? "";
      const alike = newBrowser(stack());
      alike.cookies.set(other, token);
      expect(await look(alike), other).toBe("null");
      browser.cookies.set(other, "x");
      expect(await look(browser), other).not.toBe("null");
      await browser.press("Sign out");
      expect(await stack().database.count("Session"), other).toBe(0);
      // The same by NextAuth's own route.
      const client = await signedIn(stack());
      client.cookies.set(other, "x");
      const { csrfToken } = JSON.parse((await client.send("GET", urlOf(stack(), "/api/auth/csrf"))).body);
      await client.send("POST", urlOf(stack(), "/api/auth/signout"), {
        body: new URLSearchParams({ csrfToken }).toString(),
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
      expect(client.cookies.has(sessionCookie), other).toBe(false);
      expect(await stack().database.count("Session"), other).toBe(0);
    }
  });

  test("E1 asked for at NextAuth's own route with a token that was replaced ends for nobody", async () => {
    const browser = await signedIn(stack());
    const earlier = newBrowser(stack());
    earlier.cookies.set(sessionCookie, browser.cookies.get(sessionCookie) ?? "");
    await connect(stack(), browser);
    const { csrfToken } = JSON.parse((await earlier.send("GET", urlOf(stack(), "/api/auth/csrf"))).body);
    const { status, body } = await earlier.send("POST", urlOf(stack(), "/api/auth/session"), {
      body: JSON.stringify({ csrfToken, data: {} }),
      headers: { "content-type": "application/json" },
    });
    expect([status, body]).toEqual([200, "null"]);
    expect((await browser.open("/dashboard")).url.pathname).toBe("/dashboard");
  });

  test("E1 is seen to be used by its owner, whatever a copy of it is used for", async () => {
    const owner = await signedIn(stack());
    const copy = newBrowser(stack());
    for (const [name, value] of owner.cookies) copy.cookies.set(name, value);
    const uses: [string, () => Promise<unknown>][] = [
      ...["/", "/sign-in", "/dashboard/account/data", "/api/auth/session", "/install"].map(
        (path): [string, () => Promise<unknown>] => [path, () => copy.send("GET", urlOf(stack(), path))],
      ),
      [
        "an action",
        () =>
          copy.send("POST", urlOf(stack(), "/dashboard"), {
            body: copy.formData("Check now", owner.page),
          }),
      ],
    ];
    await owner.open("/dashboard");
    for (const [name, use] of uses) {
      await stack().database.query(`UPDATE "Session" SET "lastSeenAt" = now() - interval '3 days'`);
      await use();
      await until(async () => {
        const [session] = await stack().database.query<{ seen: boolean }>(
          `SELECT "lastSeenAt" > now() - interval '1 minute' AS "seen" FROM "Session"`,
        );
        return session?.seen === true;
      }, `the note of ${name}`);
    }
  });

  test("E2 every cookie over https is __Host-, Secure, HttpOnly, SameSite=Lax", async () => {
    const origin = "https://app.example.test";
    const client = { id: stack().clientId, secret: stack().clientSecret };
    const emulator = await startEmulatorProcess({ appOrigin: origin, client });
    try {
      const instance = await stack().startInstance({
        AUTH_URL: origin,
        WEBFLOW_OAUTH_URL: emulator.origin,
        WEBFLOW_API_URL: emulator.origin,
      });
      const lines: string[] = [];
      const browser = new HttpBrowser({
        origin,
        instance,
        onVisit: async ({ headers }) => void lines.push(...(headers["set-cookie"] ?? [])),
      });
      await browser.open("/api/auth/csrf");
      const page = await browser.open(await emulator.control.authorize(await startConnecting(browser)));
      expect(page.url.href).toBe(`${origin}/dashboard`);
      await browser.press("Sign out");
      browser.cookies.set(`__Host-${sessionCookie}`, "one-that-is-over");
      expect((await browser.open("/dashboard")).url.pathname).toBe("/sign-in");
      expect([...browser.cookies.keys()].filter((name) => name.endsWith(sessionCookie))).toEqual([]);
      const names = lines.map((line) => line.slice(0, line.indexOf("=")));
      expect(new Set(names)).toEqual(
        new Set(
          ["state", "csrf-token", "callback-url", "session-token"].map((name) => `__Host-authjs.${name}`),
        ),
      );
      for (const line of lines) {
        expect(line).toMatch(/; *Path=\/(;|$)/i);
        expect(line).toMatch(/; *Secure(;|$)/i);
        expect(line).toMatch(/; *HttpOnly(;|$)/i);
        expect(line).toMatch(/; *SameSite=Lax(;|$)/i);
        expect(line).not.toMatch(/Domain=/i);
      }
      await instance.stop();
    } finally {
      await emulator.stop();
    }
  });

  test("E3 nobody gets in by a header, a suffix or a query that Next reads itself", async () => {
    const owner = await signedIn(stack());
    const secrets = await secretsOf(owner);
    for (const { name, status, body } of await pry(newBrowser(stack()), secrets[0] ?? "")) {
      expect(status, name).toBeLessThan(500);
      for (const secret of secrets) if (!name.includes(secret)) expect(body, name).not.toContain(secret);
    }
  });

  test("E3 with proxy.ts removed nothing opens: pages, data and actions check for themselves", async () => {
    const build = withoutProxy();
    try {
      const instance = await stack().startInstance({}, build.folder);
      const owner = await signedIn(stack());
      const secrets = await secretsOf(owner);
      const outsider = newBrowser(stack());
      outsider.instance = instance;
      // The proof that it is gone.
      const page = await outsider.send("GET", urlOf(stack(), "/"));
      expect(page.status).toBe(200);
      expect(page.headers["content-security-policy"]).toBeUndefined();
      for (const { name, body } of await pry(outsider, secrets[0] ?? ""))
        for (const secret of secrets) if (!name.includes(secret)) expect(body, name).not.toContain(secret);
      // Every form of the dashboard, sent by nobody, from elsewhere, and from nowhere.
      owner.instance = instance;
      const { html } = await owner.open(`/dashboard/disconnect/${secrets[0]}`);
      const fields = [...html.matchAll(/name="(\$ACTION[^"]*)"(?: value="([^"]*)")?/g)];
      expect(fields.length).toBeGreaterThan(0);
      const post = (browser: HttpBrowser, headers: Record<string, string>) => {
        const body = new FormData();
        for (const [, name = "", value = ""] of fields) body.append(name, value);
        body.append("connection", secrets[0] ?? "");
        return browser.send("POST", urlOf(stack(), `/dashboard/disconnect/${secrets[0]}`), { body, headers });
      };
      await post(outsider, {});
      await post(owner, { origin: "https://evil.example" });
      await post(owner, { origin: "https://evil.example", "x-forwarded-host": "evil.example" });
      await post(owner, { origin: "null" });
      await post(owner, { origin: "" });
      const states = await stack().database.query(`SELECT "state"::text AS state FROM "Grant"`);
      expect(states).toEqual([{ state: "ACTIVE" }]);
      await post(owner, {});
      expect(await stack().database.query(`SELECT "state"::text AS state FROM "Grant"`)).toEqual([
        { state: "REVOKED" },
      ]);
      await instance.stop();
    } finally {
      build.remove();
    }
  });

  test("E3 whoever is deleted while their data is read is nobody: sent to sign in, and no error of ours", async () => {
    const browser = await signedIn(stack());
    const before = stack().app.logs().length;
    const deletion = await openTransaction(
      stack().database,
      `LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE; DELETE FROM "Grant"; DELETE FROM "User"`,
    );
    try {
      const asked = browser.send("GET", urlOf(stack(), "/dashboard/account/data"));
      await whenWaiting(stack().database, 1);
      await deletion.commit();
      const { status, headers } = await asked;
      expect([status, headers.location]).toEqual([302, `${stack().app.origin}/session-ended`]);
      expect((await browser.open(`${headers.location}`)).url.pathname).toBe("/sign-in");
      expect(browser.cookies.has(sessionCookie)).toBe(false);
      expect(stack().app.logs().slice(before)).not.toContain('"level":"error"');
    } finally {
      await endTransactions();
    }
  });

  test("E4 a state cookie is no session", async () => {
    const browser = newBrowser(stack());
    await startConnecting(browser);
    const state = browser.cookies.get("authjs.state") ?? "";
    expect(state.length).toBeGreaterThan(43);
    browser.cookies.set(sessionCookie, state);
    expect((await browser.open("/dashboard")).url.pathname).toBe("/sign-in");
    expect((await browser.send("GET", urlOf(stack(), "/api/auth/session"))).body).toBe("null");
  });

  test("E5 no token and no session token is in any payload, NextAuth's own routes included", async () => {
    const browser = await signedIn(stack());
    const token = browser.cookies.get(sessionCookie) ?? "none";
    const { tokens } = await stack().emulator.control.ledger();
    const secrets = [token, ...tokens.map(({ value }) => value)];
    const [id = ""] = await secretsOf(browser);
    for (const path of [
      ...closed(id),
      "/",
      "/api/auth/session",
      "/api/auth/providers",
      "/api/auth/csrf",
      "/api/ready",
    ]) {
      for (const headers of [{}, { rsc: "1" }] as Record<string, string>[]) {
        const url = urlOf(stack(), headers.rsc ? `${path}?_rsc` : path);
        const { body } = await browser.send("GET", url, { headers });
        for (const secret of secrets) expect(body, path).not.toContain(secret);
      }
    }
    expect(JSON.parse((await browser.send("GET", urlOf(stack(), "/api/auth/session"))).body)).toEqual({
      user: { id: expect.any(String) },
      expires: expect.any(String),
    });
  });

  test("E6 a malformed or repeated return address in a cookie keeps nobody from connecting or signing out", async () => {
    const { origin } = stack().emulator;
    for (const address of [
      "%00",
      "dashboard",
      "//evil.example",
      "https://evil.example/",
      "%",
      `blob:${stack().app.origin}/x`,
      "/dashboard; authjs.callback-url=%00",
      "%00; authjs.callback-url=/dashboard",
    ]) {
      const set = (browser: HttpBrowser) => browser.cookies.set("authjs.callback-url", address);
      const browser = newBrowser(stack());
      set(browser);
      const install = await browser.send("GET", urlOf(stack(), "/install"));
      expect(new URL(install.headers.location ?? "", origin).pathname, address).toBe("/oauth/authorize");
      set(browser);
      const authorizeUrl = await startConnecting(browser);
      expect(new URL(authorizeUrl).origin, address).toBe(origin);
      set(browser);
      const page = await browser.open(await stack().emulator.control.authorize(authorizeUrl));
      expect(page.url.origin, address).toBe(stack().app.origin);
      expect((await browser.open("/dashboard")).url.pathname, address).toBe("/dashboard");
      set(browser);
      expect((await browser.send("GET", urlOf(stack(), "/api/auth/session"))).status, address).toBe(200);
      set(browser);
      expect((await browser.press("Sign out")).url.pathname, address).toBe("/");
      expect(await stack().database.count("Session"), address).toBe(0);
    }
  });

  test("E6 malformed cookies and headers never make a 500", async () => {
    const browser = newBrowser(stack());
    for (const cookie of [
      `${sessionCookie}=`,
      `${sessionCookie}=%E0%A4%A`,
      `${sessionCookie}=${"a".repeat(8_000)}`,
      `${sessionCookie}=a; ${sessionCookie}=b; ${sessionCookie}.0=c; ${sessionCookie}.1=d`,
      "authjs.state=not-a-jwe; authjs.csrf-token=|; authjs.callback-url=javascript:alert(1)",
      "__proto__=1; constructor=2; =3; ;;;==;",
    ]) {
      for (const path of [
        "/dashboard",
        "/api/auth/session",
        "/api/auth/callback/webflow?code=a&state=b",
        "/install",
      ]) {
        const { status } = await browser.send("GET", urlOf(stack(), path), { headers: { cookie } });
        expect(status, `${path} ${cookie.slice(0, 60)}`).toBeLessThan(500);
      }
    }
    for (const headers of [
      { "accept-language": "*".repeat(4_000) },
      { "user-agent": "\u001b[31m".replace("\u001b", "") },
      { range: "bytes=0-1,5-99999999999" },
      { "if-none-match": "W/*".repeat(100) },
      { "content-type": "multipart/form-data" },
      { "next-action": "x" },
      { "next-router-state-tree": "%" },
      { "x-forwarded-proto": "gopher" },
      { "x-forwarded-host": "a b<c>" },
    ] as Record<string, string>[]) {
      for (const path of ["/", "/dashboard", "/install", "/api/auth/session"]) {
        const { status } = await browser.send("GET", urlOf(stack(), path), { headers });
        expect(status, `${path} ${JSON.stringify(headers).slice(0, 60)}`).toBeLessThan(500);
      }
    }
  });
});
