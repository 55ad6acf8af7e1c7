import fc from "fast-check";
import { expect, test } from "vitest";
import { errorWords } from "@/app/auth/error/messages";
import { connectErrors } from "@/lib/webflow/errors";
import type { HttpBrowser } from "../support/browser";
import { errorsOf, exchanges, newBrowser, openStack, startConnecting, urlOf } from "./stack";

const stack = openStack();
const seed = Number(process.env.TESTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const callback = "/api/auth/callback/webflow";

/** What must be in nobody's answer and in no line of the log. */
const canary = "canary";
const text = fc.oneof(
  fc.constantFrom(
    "",
    canary,
    `<script>${canary}</script>`,
    `//${canary}.example`,
    `%0d%0aset-cookie:${canary}=1`,
  ),
  fc.string({ unit: "binary", maxLength: 60 }),
);
/** Longer than a code may be, longer than a state may be; together less than Node reads (16 KiB). */
const tooLong = fc.constantFrom("c".repeat(600), "s".repeat(4_200));
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("code", "state", "error") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("error_description", "iss", "id_token", "response", "callbackUrl"),
  },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "error[]", "nxtPprovider", "_rsc") },
  { weight: 1, arbitrary: text },
);
/** A query string as URLSearchParams writes it, or as nobody does. */
const query = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(name, fc.oneof({ weight: 9, arbitrary: text }, tooLong)), { maxLength: 3 })
      .map((pairs) => `${new URLSearchParams(pairs)}`),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 80 }).map((raw) => raw.replaceAll("#", "%")),
  },
);

/** Runs with the words for running it again, should it fail. */
async function assertAlways<T>(
  arbitrary: fc.Arbitrary<T>,
  numRuns: number,
  look: (value: T) => Promise<void>,
) {
  console.info(`TESTS_SEED=${seed}`);
  const errors = await errorsOf(stack(), () =>
    fc.assert(fc.asyncProperty(arbitrary, look), { seed, numRuns, interruptAfterTimeLimit: 20_000 }),
  );
  expect(errors).toEqual([]);
  expect(stack().app.logs()).not.toContain(canary);
}

/** Whether Next's own parameters are there as Next never writes them: such a request is refused before anybody looks at it. */
function isDamaged(search: string): boolean {
  if ([...new URLSearchParams(search).keys()].some((key) => /^nxt[PI]/.test(key))) return true;
  const [own, ...more] = search.split("&").filter((part) => new URLSearchParams(part).has("_rsc"));
  return own !== undefined && (more.length > 0 || !own.startsWith("_rsc="));
}

/** Where an answer leads, if it stays within this app. */
function ownPath(location: string | undefined): string {
  const url = new URL(location ?? "", stack().app.origin);
  expect(url.origin).toBe(stack().app.origin);
  return url.pathname;
}

test("E6 whatever a callback carries, it ends in words or at a fresh start: no 500, no exchange, no echo", async () => {
  await assertAlways(fc.tuple(query, fc.boolean()), 300, async ([search, isStarted]) => {
    const browser = newBrowser(stack());
    if (isStarted) await startConnecting(browser);
    const { status, headers, body } = await browser.send("GET", urlOf(stack(), `${callback}?${search}`));
    expect([302, 307, 400]).toContain(status);
    if (status !== 400) expect(["/auth/error", "/install"]).toContain(ownPath(headers.location));
    else
      expect(body).toContain(
        errorWords[isDamaged(search) ? "malformed_request" : "malformed_callback"].title,
      );
    expect(`${headers.location ?? ""}${body}`).not.toContain(canary);
    expect([...browser.cookies.keys()].join()).not.toContain(canary);
  });
  expect(await exchanges(stack())).toBe(0);
}, 60_000);

test("E6 whatever the error page is asked, it answers in words of ours, at an address of the closed list", async () => {
  await assertAlways(query, 300, async (search) => {
    const page = await newBrowser(stack()).open(`/auth/error?${search}`);
    if (isDamaged(search)) {
      expect([page.status, page.text]).toEqual([
        400,
        expect.stringContaining(errorWords.malformed_request.title),
      ]);
      expect(page.html).not.toContain(canary);
      return;
    }
    expect(page.status).toBe(200);
    // `_rsc` is Next's own: no code of ours sees it, and Next repeats it, escaped, in the data of the page.
    if (!new URLSearchParams(search).has("_rsc")) expect(page.html).not.toContain(canary);
    expect(page.url.origin + page.url.pathname).toBe(`${stack().app.origin}/auth/error`);
    // What is named so Next takes for its own.
    const names = [...page.url.searchParams.keys()].filter((key) => !/^(_rsc|__proto__)$/.test(key));
    expect(["", "error"]).toContain(names.join());
    expect(["", ...connectErrors]).toContain(page.url.searchParams.get("error") ?? "");
    expect(page.text).toContain("Try again");
  });
}, 60_000);

test("E6 whatever return address NextAuth is given, in a form, a query or a cookie, signing in and out ends within this app", async () => {
  const address = fc.oneof(
    text,
    fc.webUrl(),
    fc
      .tuple(fc.constantFrom("/", "//", "/\\", "\\", "/\t/", "https:", "/%5c", "/%2f"), fc.webPath())
      .map((parts) => parts.join("")),
    fc.webPath().map((path) => `${stack().app.origin}${path}`),
    // What cannot be decoded.
    fc
      .tuple(fc.constantFrom("/", "/?q=", "/a#"), fc.constantFrom("%", "50%", "%zz", "%E0%A4%A", "%C0%AF"))
      .map((parts) => parts.join("")),
  );
  await assertAlways(
    fc.tuple(address, fc.constantFrom("form", "query", "cookie")),
    60,
    async ([callbackUrl, place]) => {
      const browser = newBrowser(stack());
      const start = await post(browser, "signin/webflow", callbackUrl, place);
      const authorize = new URL(start);
      expect(authorize.origin).toBe(stack().emulator.origin);
      expect(authorize.searchParams.get("redirect_uri")).toBe(`${stack().app.origin}${callback}`);
      const { status, headers } = await browser.send(
        "GET",
        new URL(await stack().emulator.control.authorize(start)),
      );
      expect(status).toBe(302);
      ownPath(headers.location);
      expect(browser.cookies.has("authjs.session-token")).toBe(true);
      ownPath(await post(browser, "signout", callbackUrl, place));
      expect(browser.cookies.has("authjs.session-token")).toBe(false);
      expect(await stack().database.count("Session")).toBe(0);
    },
  );
}, 60_000);

/** Asks NextAuth's own route, as next-auth/react does, with a return address in this place. Answers where that leads. */
async function post(
  browser: HttpBrowser,
  action: "signin/webflow" | "signout",
  callbackUrl: string,
  place: "form" | "query" | "cookie",
): Promise<string> {
  const csrf = await browser.send("GET", urlOf(stack(), "/api/auth/csrf"));
  const { csrfToken } = JSON.parse(csrf.body);
  if (place === "cookie")
    browser.cookies.set("authjs.callback-url", `${new URLSearchParams({ "": callbackUrl })}`.slice(1));
  const parameters = new URLSearchParams({ callbackUrl });
  const { status, headers } = await browser.send(
    "POST",
    urlOf(stack(), `/api/auth/${action}${place === "query" ? `?${parameters}` : ""}`),
    {
      body: new URLSearchParams({ csrfToken, ...(place === "form" ? { callbackUrl } : {}) }),
    },
  );
  expect(status).toBe(302);
  return headers.location ?? "";
}
