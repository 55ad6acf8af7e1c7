import { on } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { helps, type Visit } from "../support/browser";
import { newBrowser, openStack, signedIn, urlOf } from "./stack";

const stack = openStack();

/** Sends this, keeps the connection open, and answers the page that comes back. */
async function answerTo(request: string, { origin } = stack().app): Promise<string> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  let answer = "";
  try {
    socket.write(request);
    for await (const [bytes] of on(socket, "data", { signal: AbortSignal.timeout(5_000) })) {
      answer += bytes;
      if (answer.includes("</html>") || answer.startsWith("HTTP/1.1 308")) break;
    }
    return answer;
  } finally {
    socket.destroy();
  }
}

/** Every level that was logged while this ran. */
async function levelsOf(work: () => Promise<void>): Promise<string[]> {
  const before = stack().app.logs().length;
  await work();
  // A line of its own, written by a request after those of this work.
  await newBrowser(stack()).open("/api/auth/callback/webflow?error=access_denied");
  const lines = stack().app.logs().slice(before).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line).level);
}

/** Refused in words that lead on, with the id of the request and a policy. */
function expectWords({ status, headers, body }: Visit, wanted: number, name: string): void {
  expect(status, name).toBe(wanted);
  expect(helps({ html: body }), name).toBe(true);
  expect(body, name).toContain(`<code>${headers["x-request-id"]}</code>`);
  expect(headers["content-security-policy"], name).toContain("frame-ancestors 'none'");
}

describe("E what nobody's browser sends", () => {
  test("E6 a method that a page or a file does not have is refused in words, and is no error of ours", async () => {
    const [chunk] = readdirSync(join(projectRoot, ".next/static/chunks")).filter((name) =>
      name.endsWith(".js"),
    );
    const levels = await levelsOf(async () => {
      for (const [method, path] of [
        ["TRACE", "/"],
        ["TRACE", "/dashboard"],
        ["TRACE", "/api/health"],
        ["PUT", "/"],
        ["DELETE", "/dashboard"],
        ["OPTIONS", "/sign-in"],
        ["PROPFIND", "/"],
        ["POST", "/words.css"],
        ["PUT", "/words.css"],
        ["POST", "/words%2Ecss"],
        ["GET", "/sign-out"],
        ["POST", `/_next/static/chunks/${chunk}`],
        ["PUT", `/_next/static/chunks/${chunk}`],
        ["POST", "/_next/static/no-such.js"],
      ] as const) {
        const visit = await newBrowser(stack()).send(method, urlOf(stack(), path), {
          headers: { "x-request-id": "0123456789abcdef" },
        });
        expectWords(visit, 405, `${method} ${path}`);
        expect(visit.headers.allow, path).toMatch(path === "/sign-out" ? /^POST$/ : /^GET, HEAD(, POST)?$/);
        expect(visit.body).not.toContain("0123456789abcdef");
      }
      for (const dots of ["/./", "/x/../", "/x/%2e%2E/"]) {
        const request = `POST ${dots}_next/static/chunks/${chunk} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`;
        const answer = await answerTo(request);
        expect(answer, dots).toMatch(/^HTTP\/1\.1 405 /);
        expect(helps({ html: answer }), dots).toBe(true);
      }
    });
    expect(levels).not.toContain("error");
  });

  test("E6 an address that only begins like a static file is a page like every other", async () => {
    for (const path of ["/_next/staticx", "/_next/static", "/_next/statics/x.js"]) {
      const { status, headers } = await newBrowser(stack()).send("GET", urlOf(stack(), path), {
        headers: { "x-request-id": "fedcba9876543210" },
      });
      expect(status, path).toBe(404);
      expect(headers["content-security-policy"], path).toContain("'nonce-");
      expect(headers["x-request-id"], path).toMatch(/^[0-9a-f]{16}$/);
      expect(headers["x-request-id"], path).not.toBe("fedcba9876543210");
    }
  });

  test("E6 an address of data for pages of a kind that is not here is refused in words, and is no error of ours", async () => {
    const build = readFileSync(join(projectRoot, ".next/BUILD_ID"), "utf8");
    const levels = await levelsOf(async () => {
      for (const path of [
        `/_next/data/${build}/x`,
        `/_next/data/${build}/dashboard.json`,
        `/_next/data/${build}`,
        "/_next/data",
        "/_next/data/x/api/x.json",
      ])
        for (const [method, headers] of [
          ["GET", {}],
          ["POST", { "content-type": "multipart/form-data; boundary=x" }],
          ["POST", { "content-type": "multipart/form-data", origin: "https://evil.example" }],
          ["POST", { "next-action": "x", origin: "https://evil.example" }],
        ] as const) {
          const body = method === "POST" ? "x" : undefined;
          const visit = await newBrowser(stack()).send(method, urlOf(stack(), path), { headers, body });
          expectWords(visit, 400, `${method} ${path}`);
        }
      // As it is sent: a browser takes dots away.
      const { host, origin } = new URL(stack().app.origin);
      const form = [`Host: ${host}`, `Origin: ${origin}`, "Content-Type: multipart/form-data; boundary=x"];
      for (const path of ["/_next/data/x/../y/api/x.json", "/_next/x/../data/x/api/x.json"]) {
        const head = [`POST ${path} HTTP/1.1`, ...form, "Content-Length: 1"];
        expect(await answerTo(`${head.join("\r\n")}\r\n\r\nx`), path).toMatch(/^HTTP\/1\.1 400 /);
      }
      // Written otherwise it is a file like every other, which is not there.
      const encoded = urlOf(stack(), "/_next/%64ata/x/api/x.json");
      expect((await newBrowser(stack()).send("GET", encoded)).status).toBe(404);
      const headers = { "content-type": "multipart/form-data; boundary=x" };
      expect((await newBrowser(stack()).send("POST", encoded, { headers, body: "x" })).status).toBe(405);
    });
    expect(levels).not.toContain("error");
  });

  test("E6 more cookies or parameters than anybody has are refused before Next takes the square of their number", async () => {
    const many = (count: number, separator: string) => Array(count).fill("a=1").join(separator);
    for (const path of ["/", "/install", "/dashboard", "/api/health", "/favicon.ico"]) {
      const ask = (query: string, cookie: string) =>
        newBrowser(stack()).send("GET", urlOf(stack(), `${path}?${query}`), { headers: { cookie } });
      expectWords(await ask(many(301, "&"), "a=1"), 400, `parameters, ${path}`);
      expectWords(await ask("a=1", many(301, "; ")), 400, `cookies, ${path}`);
      expect((await ask(many(300, "&"), many(300, ";"))).status, path).toBeLessThan(400);
    }
    // A page that was let in can load its data anew, for which Next adds a parameter.
    const headers = { rsc: "1" };
    const data = await newBrowser(stack()).send("GET", urlOf(stack(), `/terms?${many(300, "&")}&_rsc=1`), {
      headers,
    });
    expect(data.status).toBeLessThan(400);
    expectWords(
      await newBrowser(stack()).send("GET", urlOf(stack(), `/terms?${many(301, "&")}&_rsc=1`), { headers }),
      400,
      "parameters, data",
    );
  });

  test("E6 an address that is too long for a page's actions, which send more beside it, is refused before anybody acts there", async () => {
    // What a browser sends with an action beyond what it sends with a visit.
    const more = { "x-more": "x".repeat(2_500) };
    for (const [method, headers] of [
      ["GET", {}],
      ["POST", more],
    ] as const) {
      const ask = (length: number) =>
        newBrowser(stack()).send(method, urlOf(stack(), "/sign-in?a=".padEnd(length, "a")), { headers });
      expectWords(await ask(13_001), 400, method);
      expect((await ask(13_000)).status, method).toBe(200);
    }
    // For the data of such a page Next adds its own parameter.
    const data = urlOf(stack(), `${"/sign-in?a=".padEnd(13_000, "a")}&_rsc=abcdefghijklmnop`);
    expect((await newBrowser(stack()).send("GET", data, { headers: { rsc: "1" } })).status).toBeLessThan(400);
  });

  test("E6 a parameter of Next's own in other letters is refused: Next would send who asks for data round and round", async () => {
    for (const query of ["%5Frsc=1", "_rs%63", "a=1&%5frsc=x", "_rsc=1&_r%73c=2", "_rsc&_rsc=1"])
      for (const headers of [{}, { rsc: "1" }])
        expectWords(
          await newBrowser(stack()).send("GET", urlOf(stack(), `/dashboard?${query}`), { headers }),
          400,
          query,
        );
    // A link to it: the page would load itself again and again.
    expectWords(await newBrowser(stack()).send("GET", urlOf(stack(), "/dashboard?_rsc")), 400, "_rsc");
    for (const query of ["_rsc=1", "a=_rsc", "a_rsc=1"])
      expect((await newBrowser(stack()).send("GET", urlOf(stack(), `/terms?${query}`))).status).toBe(200);
  });

  test("E6 a parameter as only a platform sends it, of which Next writes the whole address anew, is refused", async () => {
    for (const path of ["/", "/dashboard", "/api/health", "/api/auth/callback/webflow"])
      for (const query of ["nxtPa=1", "a=1&nxtIb", "%6extPa=1", "n%78t%49a"]) {
        const sent = newBrowser(stack()).send("GET", urlOf(stack(), `${path}?${query}`));
        expectWords(await sent, 400, `${path}?${query}`);
      }
    expect((await newBrowser(stack()).send("GET", urlOf(stack(), "/terms?a=nxtPa&anxtPa=1"))).status).toBe(
      200,
    );
  });

  test("E6 a form or an action larger than any of ours is refused; a route under /api/ takes more", async () => {
    const { host, origin } = new URL(stack().app.origin);
    const body = `["${"x".repeat(70_000)}"]`;
    for (const headers of [{ "content-type": "multipart/form-data; boundary=x" }, { "next-action": "x" }]) {
      const sent = { headers: { origin, ...headers }, body };
      expectWords(await newBrowser(stack()).send("POST", urlOf(stack(), "/sign-in"), sent), 413, "a page");
      // The route itself says what it is not asked.
      expect((await newBrowser(stack()).send("POST", urlOf(stack(), "/api/health"), sent)).status).toBe(405);
    }
    const head = [`Host: ${host}`, `Origin: ${origin}`, "Next-Action: x", "Transfer-Encoding: chunked"];
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const answer = await answerTo(`POST /sign-in HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n${chunk}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("E6 NextAuth is handed nothing larger either: it would read it all before it asks who sends it", async () => {
    const body = JSON.stringify({ csrfToken: "x", a: Array(4_000).fill({ 30: 0 }) });
    for (const action of ["signin/webflow", "signout", "callback/webflow", "session", "csrf"])
      for (const path of [`/api/auth/${action}`, `/api/%61uth/${action}`]) {
        const sent = { body, headers: { "content-type": "application/json" } };
        expectWords(await newBrowser(stack()).send("POST", urlOf(stack(), path), sent), 413, path);
      }
  });

  test("E6 a length that is too large is refused at once, without waiting for what it announces", async () => {
    const { host, origin } = new URL(stack().app.origin);
    for (const [path, headers] of [
      ["/sign-in", [`Origin: ${origin}`, "Content-Type: multipart/form-data; boundary=x"]],
      ["/dashboard", []],
      ["/api/cron/sweep", []],
      ["/_next/static/x.js", []],
    ] as const) {
      const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, "Content-Length: 5000000", ...headers];
      const answer = await answerTo(`${head.join("\r\n")}\r\n\r\nx`);
      expect(answer, path).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer, path).toContain("That was too much at once");
    }
  });

  test("E6 a request that would leave HTTP is answered like every other, and none keeps its connection without an answer", async () => {
    const { host } = new URL(stack().app.origin);
    // Of this one they are the first requests since it is ready.
    const fresh = await stack().startInstance();
    for (const protocol of ["websocket", "h2c"])
      for (const [path, status] of [
        ["/_next/webpack-hmr", 404],
        ["/sign-in", 200],
        ["/no-such-page", 404],
        ["//127.0.0.1", 308],
      ] as const) {
        const head = [`GET ${path} HTTP/1.1`, `Host: ${host}`, "Connection: Upgrade", `Upgrade: ${protocol}`];
        const answer = await answerTo(`${head.join("\r\n")}\r\n\r\n`, fresh);
        expect(answer, `${protocol} ${path}`).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      }
  });

  test("E6 an asterisk or another host for an address is refused in words, leads nowhere, and is no error of ours", async () => {
    const { host } = new URL(stack().app.origin);
    const levels = await levelsOf(async () => {
      for (const method of ["OPTIONS", "GET", "POST"])
        for (const address of ["*", "*?a", "http://evil.example/install", "https://evil.example"]) {
          const head = `${method} ${address} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0`;
          const answer = await answerTo(`${head}\r\n\r\n`);
          expect(answer, head).toMatch(/^HTTP\/1\.1 405 /);
          expect(answer, head).toContain("That request was damaged");
          expect(answer, head).not.toContain("evil.example");
        }
    });
    expect(levels).not.toContain("error");
  });

  test("E6 data for the router that nobody can read, or that takes long to read, is refused in words and is no error of ours", async () => {
    const browser = await signedIn(stack());
    let deep = '["",{}]';
    for (let level = 0; level < 700; level++) deep = `["",{"children":${deep}}]`;
    const levels = await levelsOf(async () => {
      for (const path of ["/", "/dashboard", "/no-such-page", "/api/health"])
        for (const state of ["x", "%", "null", "[]", '["",{}]["",{}]', deep]) {
          const headers = { rsc: "1", "next-router-state-tree": state };
          const visit = await browser.send("GET", urlOf(stack(), path), { headers });
          expectWords(visit, 400, `${path} ${state.slice(0, 20)}`);
        }
      const { status } = await browser.send("POST", urlOf(stack(), "/dashboard"), {
        body: "[]",
        headers: { "next-action": "x", "next-router-state-tree": "x" },
      });
      expect(status).toBe(400);
      const refused = await browser.send("PUT", urlOf(stack(), "/"), { headers: { rsc: "1" } });
      expectWords(refused, 405, "not sent round and round");
    });
    expect(levels).not.toContain("error");
  });

  test("E6 a part or a version that a file does not have is no error: the file is sent whole", async () => {
    const [chunk] = readdirSync(join(projectRoot, ".next/static/chunks")).filter((name) =>
      name.endsWith(".js"),
    );
    for (const path of [
      "/words.css",
      "/favicon.ico",
      "/opengraph-image.png",
      `/_next/static/chunks/${chunk}`,
    ])
      for (const headers of [
        { range: "bytes=9999999-" },
        { range: "bytes=-0" },
        { range: "bytes=" },
        { range: "bytes=0-1" },
        { "if-match": '"another"' },
        { "if-unmodified-since": "Wed, 01 Jan 2003 00:00:00 GMT" },
      ] as Record<string, string>[])
        for (const method of ["GET", "HEAD"]) {
          const visit = await newBrowser(stack()).send(method, urlOf(stack(), path), { headers });
          expect(visit.status, `${method} ${path} ${Object.entries(headers)}`).toBe(200);
        }
  });

  test("E6 a form to a route that is not there, or not written so, is refused in words, and is no error of ours", async () => {
    const browser = newBrowser(stack());
    const levels = await levelsOf(async () => {
      for (const [path, status] of [
        ["/api/nothing", 405],
        ["/api/cron/nothing", 405],
        ["/api/healt%68", 400],
        ["/api/cron%2Fsweep", 400],
        ["/api/cron/swee%70", 400],
      ] as const)
        for (const type of ["multipart/form-data", "multipart/form-data; boundary=x"])
          for (const origin of [stack().app.origin, undefined]) {
            const headers = { "content-type": type, origin };
            const visit = await browser.send("POST", urlOf(stack(), path), { body: "x", headers });
            expectWords(visit, status, `${path} ${type} ${origin}`);
          }
    });
    expect(levels).not.toContain("error");
  });

  test("E6 the page for what nobody foresaw has no address of its own", async () => {
    const { status, headers, body } = await newBrowser(stack()).send("GET", urlOf(stack(), "/_global-error"));
    expect(status).toBe(404);
    expect(headers["cache-control"]).toContain("no-store");
    expect(helps({ html: body })).toBe(true);
  });

  test("E6 the button of a page from before a deployment leads on in words, without client JavaScript", async () => {
    const browser = await signedIn(stack());
    const form = browser.formData("Check now");
    const [name = ""] = [...form.keys()].filter((key) => key.startsWith("$ACTION"));
    expect(name).toMatch(/^\$ACTION_ID_[0-9a-f]{42}$/);
    const old = `00${"ab".repeat(20)}`;
    const forms = [
      [[`$ACTION_ID_${old}`, ""]],
      [["$ACTION_ID_odd", ""]],
      [
        [name, ""],
        [`$ACTION_ID_${old}`, ""],
      ],
      [
        ["$ACTION_REF_1", ""],
        ["$ACTION_1:0", JSON.stringify({ id: old, bound: "$@1" })],
        ["$ACTION_1:1", "[]"],
      ],
    ];
    const levels = await levelsOf(async () => {
      for (const fields of forms) {
        const body = new FormData();
        for (const [field = "", value = ""] of fields) body.append(field, value);
        const visit = await browser.send("POST", urlOf(stack(), "/dashboard"), { body });
        expectWords(visit, 409, fields.join());
        expect(visit.body).toContain("open the page anew");
      }
    });
    expect(new Set(levels)).toEqual(new Set(["info"]));
  });

  test("E6 a host that a header names changes nothing: the action runs, and the log holds nothing of it", async () => {
    const browser = await signedIn(stack());
    const asked = async () => (await stack().emulator.control.requests()).length;
    const before = await asked();
    const levels = await levelsOf(async () => {
      const { status } = await browser.send("POST", urlOf(stack(), "/dashboard"), {
        body: browser.formData("Check now"),
        headers: { "x-forwarded-host": "canary.evil.example" },
      });
      expect(status).toBe(303);
    });
    expect(await asked()).toBeGreaterThan(before);
    expect(levels).not.toContain("error");
    expect(stack().app.logs()).not.toContain("canary");
  });
});
