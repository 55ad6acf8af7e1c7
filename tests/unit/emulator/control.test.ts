import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { app, defaultScopes, freshEmulator, redirectUri } from "./harness";

const emulator = freshEmulator();

/** One request with any headers at all, also those that fetch keeps for itself. */
function send(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, emulator().origin), { method, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once("error", reject).end();
  });
}

describe("the ledger", () => {
  test("tells to whom a code and its token were given, for what, and by what the token died", async () => {
    const [user] = await emulator().control.users();
    const token = await emulator().newToken();
    await emulator().revoke({ access_token: token });
    const { codes, tokens } = await emulator().control.ledger();
    const isoDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    const granted = {
      authorizationId: expect.stringMatching(/^[0-9a-f]{24}$/),
      clientId: app.id,
      userId: user?.id,
      scopes: defaultScopes,
      siteIds: [user?.sites[0]?.id],
      workspaceIds: [],
      issuedAt: isoDate,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    };
    expect(codes).toEqual([
      {
        ...granted,
        value: expect.any(String),
        redirectUri,
        expiresAt: isoDate,
        usedAt: isoDate,
        state: "used",
        killedAt: null,
        killedBy: null,
      },
    ]);
    expect(tokens).toEqual([
      {
        ...granted,
        value: token,
        codes: [codes[0]?.value],
        lastUsedAt: null,
        alive: false,
        killedAt: isoDate,
        killedBy: "revoke",
      },
    ]);
  });

  test("an uninstall kills every token of that person and of nobody else", async () => {
    const [mira, jonas] = await emulator().control.users();
    const mine = [await emulator().newToken(), await emulator().newToken()];
    const other = await emulator().newToken({ userId: jonas?.id });
    await emulator().control.uninstall(mira?.id ?? "");
    for (const token of mine) {
      expect(await emulator().ledgerOf(token)).toMatchObject({ alive: false, killedBy: "uninstall" });
    }
    expect((await emulator().ledgerOf(other)).alive).toBe(true);
  });
});

describe("the request log", () => {
  test("tells what each request carried and how it was answered", async () => {
    await emulator().control.clearRequests();
    await emulator().visit(`${emulator().authorizeUrl()}&state=again`);
    await emulator().exchange({ code: "none" });
    await emulator().api("/sites", "secret-token");
    expect(await emulator().control.requests()).toMatchObject([
      {
        method: "GET",
        path: "/oauth/authorize",
        endpoint: "authorize",
        query: { client_id: [app.id], state: ["state-1", "again"] },
        status: 302,
        fault: null,
      },
      {
        method: "POST",
        path: "/oauth/access_token",
        endpoint: "token",
        headers: { "content-type": "application/json" },
        body: {
          client_id: app.id,
          client_secret: app.secret,
          code: "none",
          grant_type: "authorization_code",
        },
        status: 400,
      },
      {
        path: "/v2/sites",
        endpoint: "sites",
        headers: { authorization: "Bearer secret-token" },
        body: null,
        status: 401,
      },
    ]);
  });

  test("marks the people's pages and leaves the control API out", async () => {
    await emulator().control.clearRequests();
    await emulator().visit("/marketplace");
    await emulator().visit("/_control");
    expect(await emulator().control.requests()).toMatchObject([{ path: "/marketplace", endpoint: null }]);
  });
});

test("reset brings back the state of a fresh start", async () => {
  await emulator().newToken();
  await emulator().control.addFault({ endpoint: "token", kind: "hang" });
  const before = await emulator().control.switches();
  await emulator().control.setSwitches({ rateLimit: 1 });
  await emulator().control.advanceClock(3_600_000);
  await emulator().control.reset();
  expect(await emulator().control.ledger()).toEqual({ codes: [], tokens: [] });
  expect(await emulator().control.requests()).toEqual([]);
  expect(await emulator().control.faults()).toEqual([]);
  expect(await emulator().control.switches()).toEqual(before);
  const now = Date.parse(await emulator().control.advanceClock(0));
  expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
});

test("five people or more: one without a name, two with one e-mail, three workspaces or more", async () => {
  const users = await emulator().control.users();
  expect(users.length).toBeGreaterThanOrEqual(5);
  expect(users.filter((user) => user.firstName === undefined && user.lastName === undefined)).toHaveLength(1);
  expect(new Set(users.map((user) => user.email)).size).toBe(users.length - 1);
  expect(new Set(users.flatMap((user) => user.workspaceIds)).size).toBeGreaterThanOrEqual(3);
  const ids = users.flatMap((user) => [user.id, ...user.workspaceIds, ...user.sites.map((site) => site.id)]);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
});

test("an authorize link that Webflow would refuse is refused with the page's words", async () => {
  const url = emulator().authorizeUrl({ scope: "openid" });
  await expect(emulator().control.authorize(url)).rejects.toThrow(/not registered: openid/);
  await expect(emulator().control.deny(`${emulator().origin}/elsewhere`)).rejects.toThrow(
    /no authorize link/,
  );
});

describe("a web page that the developer visits", () => {
  const own = () => new URL(emulator().origin).host;
  const ledger = "/_control/ledger";

  test.each(["evil.example", "evil.example:4100", "127.0.0.1.evil.example", "localhost.evil.example"])(
    "cannot reach anything under the name %j (DNS rebinding)",
    async (host) => {
      for (const path of [ledger, "/_control", "/", "/oauth/authorize", "/v2/sites"]) {
        const { status, body } = await send("GET", path, { host });
        expect([path, status >= 400]).toEqual([path, true]);
        expect(body).not.toContain("tokens");
      }
    },
  );

  test.each<Record<string, string>>([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    { origin: "https://evil.example" },
    { origin: "http://localhost:3000" },
    { origin: "null" },
  ])("cannot read or drive the control API: %j", async (headers) => {
    const refused = { status: 403 };
    expect(await send("GET", ledger, { host: own(), ...headers })).toMatchObject(refused);
    expect(await send("POST", "/_control/reset", { host: own(), ...headers })).toMatchObject(refused);
    expect(await send("POST", "/_control/page/reset", { host: own(), ...headers })).toMatchObject(refused);
  });

  test.each([
    "/connected-apps/uninstall",
    "/connected-apps/remove-site",
    "/current-user",
    "/oauth/authorize",
  ])("cannot send the form at %s", async (path) => {
    const foreign: Record<string, string>[] = [
      { origin: "http://localhost:3000" },
      { "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign) {
      const { status } = await send("POST", path, { host: own(), "sec-fetch-dest": "document", ...headers });
      expect(status).toBe(403);
    }
    // Nor have it read and kept.
    expect(await emulator().control.requests()).toEqual([]);
  });

  test("can link to the pages, but not frame them", async () => {
    const navigation = { host: own(), "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    for (const path of ["/", "/_control", "/marketplace", "/connected-apps"]) {
      expect(await send("GET", path, { ...navigation, "sec-fetch-dest": "document" })).toMatchObject({
        status: 200,
      });
      expect(await send("GET", path, { ...navigation, "sec-fetch-dest": "iframe" })).toMatchObject({
        status: 403,
      });
      const page = await emulator().visit(path);
      expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    }
  });

  test("own pages and programs are let through, under every loopback name", async () => {
    const { port } = new URL(emulator().origin);
    for (const name of ["127.0.0.1", "localhost", "webflow.localhost"]) {
      const host = `${name}:${port}`;
      expect(await send("GET", ledger, { host })).toMatchObject({ status: 200 });
      const headers = { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" };
      expect(await send("POST", "/_control/reset", headers)).toMatchObject({ status: 200 });
    }
  });
});

test("a body of more than a megabyte is refused", async () => {
  const response = await emulator().submit("/oauth/access_token", [["code", "x".repeat(1024 * 1024)]]);
  expect(response.status).toBe(413);
});
