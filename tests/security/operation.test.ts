import { once } from "node:events";
import { createServer } from "node:http";
import { createConnection } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "../../scripts/lib/ports.mjs";
import { startApp } from "../support/app";
import { HttpBrowser } from "../support/browser";
import { until } from "../support/until";
import { connect, newBrowser, openStack, signedIn, startConnecting, urlOf } from "./stack";

const stack = openStack();

describe("H operation", () => {
  test("H1 a wrong environment ends the start with one message: every problem by name, no value", async () => {
    const starting = startApp(await freePort(), {
      ...stack().environment,
      AUTH_URL: "http://app.example.com",
      AUTH_SECRET: "change-me-change-me-change-me-change-me",
      CRON_SECRET: stack().clientSecret,
      WEBFLOW_API_URL: "https://api.webflow.com.evil.example",
      TOKEN_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
    });
    const output = await starting.then(
      () => "it started",
      (error: Error) => error.message,
    );
    expect(output).toContain("ended with exit code 1");
    for (const name of ["AUTH_URL", "AUTH_SECRET", "CRON_SECRET", "WEBFLOW_API_URL", "TOKEN_KEYS"])
      expect(output.match(new RegExp(`^  - ${name} `, "gm")), name).toHaveLength(1);
    expect(output).not.toMatch(/change-me|evil\.example|AAAA/);
    expect(output).not.toContain(stack().clientSecret);
  });

  test("H2 every line carries the id of its request, also what is done after the response", async () => {
    const { app, emulator, database } = stack();
    const ids = new Set<unknown>();
    const browser = new HttpBrowser({
      origin: app.origin,
      instance: app,
      onVisit: async ({ headers }) => void ids.add(headers["x-request-id"]),
    });
    const before = app.logs().length;
    for (const endpoint of ["token", "introspect"] as const) {
      await emulator.control.addFault({ endpoint, kind: "half_json" });
      await connect(stack(), browser);
    }
    await connect(stack(), browser);
    await database.query(`UPDATE "Grant" SET "checkedAt" = now() - interval '1 hour'`);
    await emulator.control.addFault({ endpoint: "introspect", kind: "status", status: 503 });
    await browser.open("/dashboard");
    await browser.press("Disconnect");
    await browser.press("Disconnect");
    const lines = await until(() => {
      const written = app.logs().slice(before).split("\n").filter(Boolean);
      const said = (event: string) => written.some((line) => line.includes(`"event":"${event}"`));
      return said("check_unclear") && said("auth_error") && said("revoked") && written;
    }, "the lines of each");
    for (const line of lines) expect(ids, line).toContain(JSON.parse(line).requestId);
  });

  test("H2 every line is JSON with allowed fields only and no secret; no id of a request is the browser's", async () => {
    const before = stack().app.logs().length;
    const browser = newBrowser(stack());
    const callback = await stack().emulator.control.authorize(await startConnecting(browser));
    await stack().emulator.control.addFault({ endpoint: "token", kind: "half_json" });
    const visit = await browser.send("GET", new URL(callback), {
      headers: { "x-request-id": "0123456789abcdef" },
    });
    const id = visit.headers["x-request-id"];
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(id).not.toBe("0123456789abcdef");
    const lines = await until(() => {
      const written = stack().app.logs().slice(before).split("\n").filter(Boolean);
      return written.some((line) => line.includes('"event":"auth_error"')) && written;
    }, "the line of the failure");
    const allowed = new Set(
      "time level event requestId grantId userId fingerprint keyId code status attempt count durationMs error digest route at message".split(
        " ",
      ),
    );
    for (const line of lines)
      for (const name of Object.keys(JSON.parse(line))) expect(allowed).toContain(name);
    const failure = lines.map((line) => JSON.parse(line)).find(({ event }) => event === "auth_error");
    expect(failure).toMatchObject({ requestId: id, code: "webflow_unavailable" });
    const { searchParams } = new URL(callback);
    for (const secret of [searchParams.get("code"), searchParams.get("state"), stack().clientSecret])
      expect(lines.join("\n")).not.toContain(secret);
  });

  test("H2 the id of the request is on every error page, whatever id the browser sends", async () => {
    const browser = newBrowser(stack());
    for (const [method, path] of [
      ["GET", "/auth/error?error=access_denied"],
      ["GET", "/no-such-page"],
      ["GET", "/too-many-requests"],
      ["GET", "/api/auth/callback/webflow?code=a&code=b"],
      ["POST", "/sign-in"],
      ["POST", "/_next/image"],
    ] as const) {
      const { headers, body } = await browser.send(method, urlOf(stack(), path), {
        headers: { "x-request-id": "fedcba9876543210", origin: "https://evil.example" },
      });
      expect(body, path).toContain(`<code>${headers["x-request-id"]}</code>`);
      expect(body, path).not.toContain("fedcba9876543210");
    }
  });

  test("H2 what Next prints of an error that nobody caught is one line of JSON, without its message", async () => {
    const before = stack().app.logs().length;
    // Next quotes what it could not parse in the message of the error.
    const answer = await newBrowser(stack()).send("POST", urlOf(stack(), "/sign-in"), {
      body: JSON.stringify(["$Qcanary-in-a-message"]),
      headers: { "content-type": "text/plain;charset=UTF-8", "next-action": "40".padEnd(42, "a") },
    });
    expect(answer.body).not.toContain("canary-in-a-message");
    const written = await until(() => stack().app.logs().slice(before), "a line");
    expect(written).not.toContain("canary-in-a-message");
    for (const line of written.split("\n").filter(Boolean)) expect(() => JSON.parse(line)).not.toThrow();
  });

  test("H2 a request that breaks off, or is too long without saying so, leaves no error and no address in the log", async () => {
    const { host, origin, port } = new URL(stack().app.origin);
    const send = (path: string, body: string) => {
      const socket = createConnection(Number(port), "127.0.0.1");
      socket.write(`POST ${path}?canary=1 HTTP/1.1\r\nHost: ${host}\r\n${body}`);
      return socket;
    };
    const before = stack().app.logs().length;
    for (const path of ["/sign-in", "/api/auth/signin/webflow", "/api/cron/keys"]) {
      const socket = send(path, "Content-Length: 500\r\n\r\nx");
      await once(socket, "connect");
      // The server has read what was sent when it answers the next connection.
      await newBrowser(stack()).open("/api/health");
      socket.destroy();
    }
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const socket = send(
      "/sign-in",
      `Origin: ${origin}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(40)}0\r\n\r\n`,
    );
    const [answer] = await once(socket, "data");
    expect(`${answer}`).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    const lines = await until(() => {
      const written = stack().app.logs().slice(before).split("\n").filter(Boolean);
      const said = (word: string) => written.filter((line) => line.includes(word)).length;
      return said("Request body exceeded") === 1 && said("request_aborted") === 3 && written;
    }, "the lines of all four");
    for (const line of lines) {
      expect(JSON.parse(line).level).not.toBe("error");
      expect(line).not.toMatch(/canary|sign-in/);
    }
  });

  test("H4 the sweep refuses a wrong, empty, half and forged secret, and everything when none is set", async () => {
    const ask = (origin: string, authorization?: string, method = "GET", path = "/api/cron/sweep") =>
      fetch(`${origin}${path}`, { method, headers: authorization === undefined ? {} : { authorization } });
    const { origin } = stack().app;
    const secret = stack().cronSecret;
    for (const forged of [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      "Bearer undefined",
      "Bearer null",
      secret,
      `bearer ${secret}`,
      `Bearer ${secret.slice(0, -1)}`,
      `Bearer ${secret} `.trimEnd().concat("x"),
      `Basic ${secret}`,
      `Bearer ${secret.toUpperCase()}`,
    ]) {
      expect((await ask(origin, forged)).status, forged).toBe(401);
      expect((await ask(origin, forged, "POST", "/api/cron/keys")).status, forged).toBe(401);
    }
    expect((await ask(origin, `Bearer ${secret}`)).status).toBe(200);
    const unset = await stack().startInstance({ CRON_SECRET: "" });
    for (const forged of [undefined, "Bearer ", "Bearer undefined", `Bearer ${secret}`])
      expect((await ask(unset.origin, forged)).status, forged).toBe(401);
    await unset.stop();
  });

  test("H5 nothing in the app changes a row of the activity, and none goes before its User or its year", async () => {
    const { database } = stack();
    const browser = await signedIn(stack());
    await database.query(`CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'activity is append only'; END $$`);
    await database.query(
      `CREATE TRIGGER forbid BEFORE UPDATE OR DELETE ON "Activity" FOR EACH ROW EXECUTE FUNCTION forbid()`,
    );
    try {
      const rows = () => database.query<{ id: string }>(`SELECT * FROM "Activity" ORDER BY "id"`);
      const first = await rows();
      await connect(stack(), browser);
      await connect(stack(), browser, { userId: "64b7f1a29c0d4e0011cd0002" });
      await signedIn(stack());
      await browser.open("/dashboard/account");
      await browser.press("Sign out everywhere else");
      await browser.press("Unlink");
      await browser.press("Unlink");
      await browser.open("/dashboard");
      await browser.press("Check now");
      await browser.press("Disconnect");
      expect((await browser.press("Disconnect")).text).toContain("Disconnected");
      await fetch(`${stack().app.origin}/api/cron/sweep`, {
        headers: { authorization: `Bearer ${stack().cronSecret}` },
      });
      await browser.press("Sign out");
      const last = await rows();
      expect(last.length).toBeGreaterThan(first.length + 7);
      expect(last.slice(0, first.length)).toEqual(first);
    } finally {
      await database.query(`DROP FUNCTION forbid CASCADE`);
    }
  });

  test("H7 no URL from a user is fetched", async () => {
    const seen: string[] = [];
    const listener = createServer((request, response) => {
      seen.push(request.url ?? "");
      response.end();
    }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    try {
      const address = listener.address();
      const evil = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/evil.png`;
      const browser = await signedIn(stack());
      const encoded = encodeURIComponent(evil);
      for (const path of [
        `/_next/image?url=${encoded}&w=640&q=75`,
        `/install?redirect_uri=${encoded}&callbackUrl=${encoded}`,
        `/auth/error?error=${encoded}`,
        `/api/auth/callback/webflow?code=a&state=b&iss=${encoded}`,
        `/api/auth/signin?callbackUrl=${encoded}`,
        `/dashboard?url=${encoded}&next=${encoded}`,
      ])
        await browser.send("GET", urlOf(stack(), path), {
          headers: {
            referer: evil,
            "x-forwarded-host": new URL(evil).host,
            host: new URL(stack().app.origin).host,
          },
        });
      await browser.send("GET", urlOf(stack(), "/"), { headers: { host: new URL(evil).host } });
      await browser.send("POST", urlOf(stack(), "/sign-in"), {
        body: JSON.stringify([evil]),
        headers: { "next-action": "40".padEnd(42, "a"), host: new URL(evil).host },
      });
      expect(seen).toEqual([]);
    } finally {
      listener.close();
    }
  });

  test("H8 health and ready tell no version, no name and no configuration", async () => {
    for (const [path, body] of [
      ["/api/health", { status: "ok" }],
      ["/api/ready", { status: "ready" }],
    ] as const) {
      const answer = await fetch(`${stack().app.origin}${path}`);
      expect(await answer.json()).toEqual(body);
      // The policy holds the address of the local Webflow.
      const headers = [...answer.headers].filter(([name]) => name !== "content-security-policy");
      expect(JSON.stringify(headers)).not.toMatch(/next\.js|node|postgres|prisma|\d+\.\d+\.\d+/i);
    }
  });
});
