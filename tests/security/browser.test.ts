import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { HttpBrowser } from "../support/browser";
import { pages, routes } from "../support/pages";
import { connect, newBrowser, openStack, signedIn, urlOf } from "./stack";

const stack = openStack();

/** Every page and route, and one of each kind of answer: redirects, errors, files, data for the router. */
const everything: [string, string, Record<string, string>][] = [
  ...[...pages, ...routes].map((path): [string, string, Record<string, string>] => [
    "GET",
    path.replace("[id]", randomUUID()),
    {},
  ]),
  ["GET", "/dashboard", { rsc: "1" }],
  ["GET", "/auth/error?error=access_denied", {}],
  ["GET", "/auth/error?error=odd", {}],
  ["GET", "/no-such-page", {}],
  ["GET", "/no/such/page.rsc", {}],
  ["GET", "/%", {}],
  ["GET", "/api/no-such-route", {}],
  ["POST", "/api/cron/keys", {}],
  ["GET", "/api/auth/session", {}],
  ["GET", "/api/auth/callback/webflow?code=a&code=b", {}],
  ["GET", "/api/auth/callback/webflow?code=a&state=b", {}],
  ["GET", "/api/auth/no-such-action", {}],
  ["POST", "/sign-in", { origin: "https://evil.example" }],
  ["POST", "/", { "next-action": "x" }],
  ["POST", "/_next/image", { origin: "https://evil.example", "next-action": "x" }],
  ["POST", "/api/cron/no-such-route", { origin: "https://evil.example", "next-action": "x" }],
  ["GET", "/icon.svg", {}],
  ["GET", "/favicon.ico", {}],
  ["GET", "/apple-touch-icon.png", {}],
  ["GET", "/opengraph-image.png", {}],
  ["GET", "/words.css", {}],
  ["GET", "/_next/static/chunks/no-such.js", {}],
  ["GET", "/_next/staticx", {}],
  ["POST", "/_next/static/chunks/no-such.js", {}],
  ["TRACE", "/", {}],
  ["PUT", "/words.css", {}],
  ["GET", "/_next/image?url=%2Fapi%2Fhealth&w=640&q=75", {}],
];

/** Somebody with two Webflow users and a connection of each, and the path of a page about the second. */
async function withTwoConnections(): Promise<{ browser: HttpBrowser; pathOf: (page: string) => string }> {
  const browser = await signedIn(stack());
  await connect(stack(), browser, { userId: "64b7f1a29c0d4e0011cd0002" });
  const [ids] = await stack().database.query<{ grant: string; account: string }>(
    `SELECT g."id" AS "grant", a."id" AS "account" FROM "Grant" g JOIN "Account" a ON a."providerAccountId" = g."webflowUserId"
     ORDER BY a."createdAt" DESC`,
  );
  const pathOf = (page: string) =>
    page
      .replace("disconnect/[id]", `disconnect/${ids?.grant}`)
      .replace("unlink/[id]", `unlink/${ids?.account}`);
  return { browser, pathOf };
}

describe("G what browsers are told", () => {
  test("G2 no framing, HSTS, nosniff, COOP, CORP and a policy without unsafe words, on every answer", async () => {
    const browser = await signedIn(stack());
    for (const [method, path, given] of everything) {
      const { headers, status } = await browser.send(method, urlOf(stack(), path), { headers: given });
      const name = `${method} ${path}`;
      expect(status, name).toBeLessThan(500);
      expect(headers, name).toMatchObject({
        "strict-transport-security": expect.stringMatching(/max-age=(6307|3153)\d{4}/),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": expect.stringContaining("camera=()"),
        "cross-origin-resource-policy": path.startsWith("/opengraph-image") ? "cross-origin" : "same-origin",
        "referrer-policy": expect.stringMatching(/^(same-origin|no-referrer)$/),
      });
      // The one foreign address in it: forms may lead to Webflow's consent page.
      // But for where "Connect" leads.
      const connect = `form-action 'self' ${stack().emulator.origin} https://*.webflow.com`;
      const policy = `${headers["content-security-policy"]}`.replace(connect, "form-action");
      expect(policy, name).toContain("frame-ancestors 'none'");
      expect(policy, name).toMatch(/default-src '(self|none)'/);
      expect(policy, name).not.toMatch(/unsafe-|\*|https?:/);
      expect(headers["x-powered-by"], name).toBeUndefined();
      expect(headers["content-security-policy-report-only"], name).toBeUndefined();
      expect(headers["access-control-allow-origin"], name).toBeUndefined();
    }
  });

  test("the icons lie where browsers look for them by themselves", async () => {
    for (const path of ["/favicon.ico", "/apple-touch-icon.png"]) {
      const { headers, status } = await newBrowser(stack()).send("GET", urlOf(stack(), path));
      expect(status, path).toBe(200);
      expect(headers["content-type"], path).toMatch(/^image\//);
    }
  });

  test("G2 the same on what Next and Node answer before any page: an address that is tidied up, an odd wish", async () => {
    for (const [path, given] of [
      ["//evil.example", {}],
      ["/sign-in/", {}],
      ["/_next/", {}],
      ["/api/auth/callback/webflow/", {}],
      ["/", { expect: "the unexpected" }],
    ] as [string, Record<string, string>][]) {
      const url = urlOf(stack(), "/");
      url.pathname = path;
      const { headers, status } = await newBrowser(stack()).send("GET", url, { headers: given });
      expect(status, path).toBe(given.expect ? 417 : 308);
      expect(headers, path).toMatchObject({
        "strict-transport-security": expect.stringContaining("max-age=63072000"),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
    }
  });

  test("G3 everything signed in is private, no-store, also as data for the router", async () => {
    const { browser, pathOf } = await withTwoConnections();
    const shown = ["/", "/sign-in", ...pages.filter((path) => path.startsWith("/dashboard"))];
    const closed = [...shown, "/dashboard/account/data"].map(pathOf);
    expect(closed.length).toBeGreaterThan(9);
    for (const path of closed) {
      for (const given of [{}, { rsc: "1" }] as Record<string, string>[]) {
        const url = urlOf(stack(), given.rsc ? `${path}?_rsc` : path);
        const { headers, status } = await browser.send("GET", url, { headers: given });
        expect(status, path).toBe(200);
        expect(headers["cache-control"], path).toMatch(/private/);
        expect(headers["cache-control"], path).toMatch(/no-store/);
      }
    }
  });

  test("G3 no other web page can set off the download, or see by it that somebody is signed in", async () => {
    const ask = (browser: HttpBrowser, from: string) =>
      browser.send("GET", urlOf(stack(), "/dashboard/account/data"), { headers: { "sec-fetch-site": from } });
    const browser = await signedIn(stack());
    for (const from of ["cross-site", "same-site", "none"]) {
      const answers = [await ask(browser, from), await ask(newBrowser(stack()), from)];
      for (const { status, headers } of answers) {
        expect(status).toBe(302);
        expect(headers.location).toBe(urlOf(stack(), "/dashboard/account").href);
        expect(headers["content-disposition"]).toBeUndefined();
      }
    }
    expect((await ask(browser, "same-origin")).status).toBe(200);
  });

  test("G3 whatever is fetched before anybody goes there fails: a browser would show it afterwards, and another web page see by it who is signed in", async () => {
    const browser = await signedIn(stack());
    // A browser does not say whose wish a prefetch is.
    for (const from of ["none", "same-site", "cross-site"])
      for (const path of [...pages, "/install", "/dashboard/account/data"]) {
        const headers = { "sec-fetch-site": from, "sec-fetch-dest": "document", "sec-purpose": "prefetch" };
        const {
          status,
          body,
          headers: answered,
        } = await browser.send("GET", urlOf(stack(), path), { headers });
        expect([status, body], `${path} from ${from}`).toEqual([503, ""]);
        expect(answered["cache-control"]).toBe("no-store");
        expect(answered["content-disposition"]).toBeUndefined();
      }
  });

  test("G2 another web page that has one of ours as a picture or in a frame, or asks by a script, gets nothing, and costs nobody anything", async () => {
    const browser = await signedIn(stack());
    await stack().emulator.control.clearRequests();
    // Of a WebSocket Chromium says nothing else; over HTTP/2, as a proxy hands it on, not even a key.
    const webSocket = { "sec-websocket-version": "13" };
    const key = "dGhlIHNhbXBsZSBub25jZQ==";
    const upgrade = { ...webSocket, connection: "Upgrade", upgrade: "websocket", "sec-websocket-key": key };
    const looks = ["image", "iframe", "empty", "script"].map((dest) => ({
      "sec-fetch-site": "same-site",
      "sec-fetch-dest": dest,
    }));
    // What a service worker has the browser fetch in the background.
    const background = { "sec-fetch-site": "none", "sec-fetch-dest": "empty" };
    for (const headers of [...looks, background, webSocket, upgrade] as Record<string, string>[])
      for (const method of ["GET", "HEAD"])
        for (const path of [...pages, "/install", "/dashboard/account/data", "/nothing"]) {
          const answer = await browser.send(method, urlOf(stack(), path), { headers });
          const name = `${method} ${path} ${JSON.stringify(headers)}`;
          expect([answer.status, answer.body], name).toEqual([204, ""]);
          expect(answer.headers["cache-control"]).toBe("no-store");
        }
    expect(await stack().emulator.control.requests()).toEqual([]);
    const visit = { "sec-fetch-site": "same-site", "sec-fetch-dest": "document" };
    expect((await browser.send("GET", urlOf(stack(), "/dashboard"), { headers: visit })).status).toBe(200);
  });

  test("G2 only a link of ours leads to a page whose one button deletes, unlinks or disconnects: a click meant for another site would fall on it", async () => {
    const { browser, pathOf } = await withTwoConnections();
    const asking = pages.filter((path) => /delete$|unlink|disconnect/.test(path));
    expect(asking).toHaveLength(4);
    for (const path of asking.map(pathOf)) {
      // That nobody leads there a browser says also of a way back in another site's history.
      for (const from of ["cross-site", "same-site", "none"]) {
        const headers = {
          "sec-fetch-site": from,
          "sec-fetch-mode": "navigate",
          "sec-fetch-dest": "document",
        };
        const led = await browser.send("GET", urlOf(stack(), path), { headers });
        expect(led.status, path).toBe(307);
        expect(led.headers.location, path).toBe(
          path.includes("account") ? "/dashboard/account" : "/dashboard",
        );
      }
      for (const headers of [{ "sec-fetch-site": "same-origin" }, {}] as Record<string, string>[])
        expect((await browser.send("GET", urlOf(stack(), path), { headers })).status, path).toBe(200);
    }
  });

  test("G3 whoever comes with a session that is over loses its cookie on the way to sign in, whatever they ask for", async () => {
    const cookie = "authjs.session-token";
    const dead = randomUUID();
    const ways: [string, (browser: HttpBrowser) => Promise<unknown>][] = [
      ...[...pages.filter((path) => path.startsWith("/dashboard")), "/dashboard/account/data"].map(
        (path): [string, (browser: HttpBrowser) => Promise<unknown>] => [
          path,
          (browser) => browser.open(path.replace("[id]", randomUUID())),
        ],
      ),
      ...[
        ["/dashboard", "Check now"],
        ["/dashboard/account", "Sign out everywhere else"],
        ["/dashboard/account/delete", "Delete account"],
      ].map(([path = "", button = ""]): [string, (browser: HttpBrowser) => Promise<unknown>] => [
        button,
        async (browser) => {
          const owner = await signedIn(stack());
          await signedIn(stack());
          browser.page = await owner.open(path);
          await browser.press(button);
        },
      ]),
    ];
    for (const [name, find] of ways) {
      const browser = newBrowser(stack());
      browser.cookies.set(cookie, dead);
      await find(browser);
      expect(browser.page?.url.pathname, name).toBe("/sign-in");
      expect(browser.cookies.has(cookie), name).toBe(false);
    }
    const browser = newBrowser(stack());
    browser.cookies.set(cookie, dead);
    const taken = await browser.send("GET", urlOf(stack(), "/session-ended"));
    const person = await signedIn(stack());
    const signedOut = await person.send("POST", urlOf(stack(), "/sign-out"));
    expect(taken.headers).toMatchObject({
      location: urlOf(stack(), "/sign-in").href,
      "cache-control": expect.stringContaining("no-store"),
      "set-cookie": signedOut.headers["set-cookie"],
    });
    expect(taken.headers["set-cookie"]).toHaveLength(1);
  });

  test("G3 what is not over stays: no link and no look takes a session away, nor one that was replaced in another tab", async () => {
    const browser = await signedIn(stack());
    const replaced = browser.cookieHeader();
    await connect(stack(), browser);
    const look = async (headers: Record<string, string>) => {
      const answer = await browser.send("GET", urlOf(stack(), "/session-ended"), { headers });
      expect([answer.status, answer.headers.location]).toEqual([302, urlOf(stack(), "/sign-in").href]);
      return answer.headers["set-cookie"];
    };
    expect(await look({})).toBeUndefined();
    const fromElsewhere = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect(await look({ ...fromElsewhere, "sec-fetch-site": "cross-site" })).toBeUndefined();
    // Of what the browser keeps for "Back" it keeps nothing: it may never have been told of the new one.
    expect(await look({ cookie: replaced })).toEqual([
      expect.stringMatching(/^kept-pages=[0-9a-f-]{36}; Path=\/; .*Max-Age=1; HttpOnly; SameSite=lax$/),
    ]);
    // Next's router asks so: nothing tells it to go on by itself, so that the browser goes there.
    const looks: [string, Record<string, string>][] = [
      [
        "GET",
        { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", rsc: "1" },
      ],
      ["GET", { "sec-fetch-site": "same-origin", "sec-fetch-dest": "document", "sec-purpose": "prefetch" }],
      ["HEAD", {}],
    ];
    for (const [method, headers] of looks) {
      const cookie = "authjs.session-token=one-that-is-over";
      const url = urlOf(stack(), headers.rsc ? "/session-ended?_rsc" : "/session-ended");
      const answer = await browser.send(method, url, { headers: { ...headers, cookie } });
      expect([204, 503]).toContain(answer.status);
      expect(answer.headers).toMatchObject({ "cache-control": "no-store" });
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
    expect((await browser.open("/dashboard")).url.pathname).toBe("/dashboard");
  });

  test("G3 whatever the session's cookie holds, the way to sign in has an end", async () => {
    const name = "authjs.session-token";
    const live = (await signedIn(stack())).cookies.get(name);
    for (const [cookie, ends] of [
      ["", "/sign-in"],
      [`${name}=`, "/sign-in"],
      [`${name}`, "/sign-in"],
      [`${name}=%`, "/sign-in"],
      [`${name}=%00`, "/sign-in"],
      [`${name}=a; ${name}=b`, "/sign-in"],
      [`${name}=${live}; ${name}=b`, "/sign-in"],
      [`${name}=a; ${name}=${live}`, "/dashboard"],
      [`__Host-${name}=a; __Secure-${name}=b`, "/sign-in"],
      [`${name}.0=a; ${name}.1=b`, "/sign-in"],
    ] as const) {
      // A browser that keeps it, whatever it is told.
      const browser = newBrowser(stack());
      let path = "/dashboard";
      for (let step = 0; step < 3; step++) {
        const { headers, status } = await browser.send("GET", urlOf(stack(), path), { headers: { cookie } });
        expect(status, `${cookie} at ${path}`).toBeLessThan(400);
        if (headers.location) path = urlOf(stack(), headers.location).pathname;
      }
      expect(path, cookie).toBe(ends);
      expect((await browser.send("GET", urlOf(stack(), path), { headers: { cookie } })).status).toBe(200);
    }
  });

  test("G3 nobody may keep an answer that sets a cookie", async () => {
    const browser = newBrowser(stack());
    const odd = ["/signin/webflow", "/callback", "/callback/other", "/callback/Webflow", "/webauthn-options"];
    for (const path of [
      "",
      "/signin",
      "/signout",
      "/csrf",
      "/session",
      "/verify-request",
      "/error",
      ...odd,
    ]) {
      const { headers, status } = await browser.send("GET", urlOf(stack(), `/api/auth${path}`));
      expect(headers["cache-control"], path).toMatch(/no-store/);
      expect(status, path).toBeLessThan(500);
    }
    const person = await signedIn(stack());
    const { csrfToken } = JSON.parse((await person.send("GET", urlOf(stack(), "/api/auth/csrf"))).body);
    for (const action of ["session", "signin/webflow", "signout"]) {
      const { headers } = await person.send("POST", urlOf(stack(), `/api/auth/${action}`), {
        body: JSON.stringify({ csrfToken }),
        headers: { "content-type": "application/json" },
      });
      expect(headers["set-cookie"], action).toBeDefined();
      expect(headers["cache-control"], action).toBe("private, no-store");
    }
  });

  test("G4 nobody from outside makes an alert of a page, in whatever form they ask for it", async () => {
    const browser = await signedIn(stack());
    const { app } = stack();
    const before = app.logs().length;
    const forms: Record<string, string>[] = [
      {},
      { "next-router-prefetch": "1" },
      { "next-router-prefetch": "2" },
      { "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
    ];
    for (const path of [...pages, "/auth/error?error=access_denied", "/nothing"])
      for (const form of forms) {
        const headers = { rsc: "1", ...form };
        const { headers: first } = await browser.send("GET", urlOf(stack(), path), { headers });
        // Next leads to the same page once more, with what it makes of these headers in the address.
        const address = new URL(first.location ?? path, stack().app.origin);
        expect((await browser.send("GET", address, { headers })).status).toBeLessThan(500);
      }
    await browser.open("/");
    const lines = app.logs().slice(before);
    expect(lines).toContain('"event":"error_page"');
    expect(lines).not.toContain('"level":"error"');
  });

  test("G4 error=constructor, __proto__, markup, CR LF and ANSI break neither the page nor the log", async () => {
    const browser = newBrowser(stack());
    const before = stack().app.logs().length;
    for (const odd of [
      "constructor",
      "__proto__",
      "toString",
      "<script>alert(1)</script>",
      "'\"><img src=x onerror=alert(1)>",
      "access_denied\r\nSet-Cookie: evil=1",
      "\u001b[31mred\u001b[0m",
      "\u0000",
      '\u2028{"event":"forged"}',
    ]) {
      for (const path of [
        "/auth/error?error=",
        "/api/auth/callback/webflow?error=",
        "/api/auth/error?error=",
        "/sign-in?error=",
      ]) {
        const page = await browser.open(`${path}${encodeURIComponent(odd)}`);
        expect(page.status, `${path}${odd}`).toBe(200);
        // Next repeats a page's query string in its data, escaped; /auth/error keeps even that out.
        const traces = path.startsWith("/sign-in")
          ? ["<script>alert", "<img src=x", "\u001b"]
          : ["alert(1)", "evil=1", "\u001b", "forged"];
        for (const trace of traces) expect(page.html, `${path}${odd}`).not.toContain(trace);
        expect(browser.cookies.has("evil")).toBe(false);
      }
      const twice = await browser.open(`/auth/error?error[]=${encodeURIComponent(odd)}&error=a&error=b`);
      expect(twice.text).toContain("Connecting did not work");
    }
    const written = stack().app.logs().slice(before);
    for (const trace of ["\u001b", "\u0000", "\u2028", "forged", "alert", "Set-Cookie"])
      expect(written).not.toContain(trace);
    for (const line of written.split("\n").filter(Boolean)) expect(() => JSON.parse(line)).not.toThrow();
  });
});
