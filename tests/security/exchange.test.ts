import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import type { FaultAnywhere } from "../emulator/client";
import { clusterAddress } from "../support/database";
import { startTcpProxy } from "../support/tcp-proxy";
import { until } from "../support/until";
import { connect, exchanges, newBrowser, openStack, signedIn, startConnecting } from "./stack";

const stack = openStack();
const users = () => stack().database.count("User");
const alive = async () => (await stack().emulator.control.ledger()).tokens.map((token) => token.alive);

/** Connects while Webflow answers one endpoint like this. */
async function connectWith(
  endpoint: "token" | "introspect" | "authorized_by" | "sites",
  fault: FaultAnywhere,
) {
  const browser = newBrowser(stack());
  const callback = await stack().emulator.control.authorize(await startConnecting(browser));
  await stack().emulator.control.addFault({ endpoint, ...fault });
  return browser.open(callback);
}

describe("C the exchange", () => {
  test("C1 of ten parallel callbacks one exchanges the code", async () => {
    const browser = newBrowser(stack());
    const callback = new URL(await stack().emulator.control.authorize(await startConnecting(browser)));
    const visits = await Promise.all(Array.from({ length: 10 }, () => browser.send("GET", callback)));
    expect(visits.filter(({ headers }) => headers.location?.endsWith("/dashboard"))).toHaveLength(1);
    expect(await exchanges(stack())).toBe(1);
    expect(await alive()).toEqual([true]);
  });

  test("C1 while the database is down the code is not spent: it works afterwards", async () => {
    const proxy = await startTcpProxy(clusterAddress());
    const url = new URL(stack().database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const instance = await stack().startInstance({ DATABASE_URL: url.href });
    try {
      const browser = newBrowser(stack());
      browser.instance = instance;
      const callback = await stack().emulator.control.authorize(await startConnecting(browser));
      proxy.cut();
      expect((await browser.open(callback)).url.search).toBe("?error=database_unavailable");
      expect(await exchanges(stack())).toBe(0);
      proxy.mend();
      expect((await browser.open(callback)).url.pathname).toBe("/dashboard");
    } finally {
      await instance.stop();
      await proxy.close();
    }
  });

  test("C2 no redirect of Webflow's is followed with the secret", async () => {
    const page = await connectWith("token", { kind: "redirect", location: "https://evil.example/" });
    expect(page.url.search).toBe("?error=webflow_unavailable");
    expect(await exchanges(stack())).toBe(1);
    expect(await users()).toBe(0);
  });

  test("C3 a token that is not bearer, or not 1 to 2,048 visible ASCII characters, is none", async () => {
    for (const body of [
      { token_type: "mac", access_token: "a" },
      { token_type: "bearer", access_token: "" },
      { token_type: "bearer", access_token: "a b" },
      { token_type: "bearer", access_token: "a\u0000" },
      { token_type: "bearer", access_token: "é" },
      { token_type: "bearer", access_token: "a".repeat(2_049) },
      { token_type: "bearer", access_token: ["a"] },
      { token_type: "bearer", access_token: { toString: "a" } },
      { access_token: "a" },
    ]) {
      const page = await connectWith("token", { kind: "json", body });
      expect(page.url.search, JSON.stringify(body).slice(0, 60)).toBe("?error=webflow_unavailable");
    }
    expect(await users()).toBe(0);
    expect(await stack().database.count("Grant")).toBe(0);
  });

  test("C4 a token that cannot be stored is revoked at once, or an orphan_token alert names its fingerprint", async () => {
    const { database, emulator, app } = stack();
    const browser = newBrowser(stack());
    const rename = (from: string, to: string) => database.query(`ALTER TABLE "${from}" RENAME TO "${to}"`);
    const first = await emulator.control.authorize(await startConnecting(browser));
    await rename("Grant", "GrantOutOfReach");
    try {
      expect((await browser.open(first)).url.search).toBe("?error=database_unavailable");
      expect(await alive()).toEqual([false]);
      const second = await emulator.control.authorize(await startConnecting(browser));
      await emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
      expect((await browser.open(second)).url.search).toBe("?error=database_unavailable");
    } finally {
      await rename("GrantOutOfReach", "Grant");
    }
    expect(app.logs()).toMatch(/"level":"error","event":"orphan_token".*"fingerprint":"[0-9a-f]{32}"/);
  });

  test("C4 a server that is stopped stores the token of an exchange under way, though the browser has gone", async () => {
    const { emulator, database, startInstance } = stack();
    const instance = await startInstance();
    const browser = newBrowser(stack());
    const { pathname, search } = new URL(await emulator.control.authorize(await startConnecting(browser)));
    await emulator.control.addFault({ endpoint: "token", kind: "delay", ms: 1_000 });
    const visit = request(new URL(`${pathname}${search}`, instance.origin), {
      headers: { cookie: browser.cookieHeader(), accept: "text/html" },
    });
    const gone = new Promise((resolve) => visit.on("error", () => {}).on("close", resolve));
    visit.end();
    await until(async () => (await exchanges(stack())) === 1, "the exchange");
    visit.destroy();
    await gone;
    await instance.stop();
    expect(await alive()).toEqual([true]);
    expect(await database.query(`SELECT "state" FROM "Grant"`)).toEqual([{ state: "ACTIVE" }]);
  });

  test("C5 identity is a Webflow user id that Webflow returned: anything else makes no account", async () => {
    for (const fault of [
      { kind: "status", status: 401 },
      { kind: "status", status: 500 },
      { kind: "html", status: 200 },
      { kind: "json", body: {} },
      { kind: "json", body: { authorization: null } },
    ] as FaultAnywhere[]) {
      const page = await connectWith("introspect", fault);
      expect(page.url.pathname).toBe("/auth/error");
    }
    // Alive, but nobody's, or one of several people's.
    for (const userIds of [[], [""], ["64b7f1a29c0d4e0011cd0001", "64b7f1a29c0d4e0011cd0002"]]) {
      await stack().emulator.control.addFault({ endpoint: "authorized_by", kind: "status", status: 403 });
      const authorization = { id: "a1", scope: "sites:read", authorizedTo: { userIds } };
      const page = await connectWith("introspect", { kind: "json", body: { authorization } });
      expect(page.url.search).toBe("?error=identity_unknown");
    }
    expect(await users()).toBe(0);
    expect(new Set(await alive())).toEqual(new Set([false]));
  });

  test("C5 a name that cannot be stored is left out, and keeps nobody from connecting", async () => {
    const [user] = await stack().emulator.control.users();
    for (const odd of ["a\u0000b", "a\ud800b"]) {
      const body = { id: user?.id, firstName: odd, lastName: "Okafor", email: odd };
      expect((await connectWith("authorized_by", { kind: "json", body })).text).toContain("Okafor");
      const site = { id: user?.sites[0]?.id, shortName: "harbour", previewUrl: `https://a.example/${odd}` };
      const sites = { sites: [{ ...site, displayName: odd }] };
      expect((await connectWith("sites", { kind: "json", body: sites })).text).toContain("harbour");
    }
  });

  test("C6 scopes are Webflow's: fewer are said and offered again, more are shown and logged", async () => {
    const limited = newBrowser(stack());
    const fewer = await connect(stack(), limited, { scopes: ["authorized_user:read"] });
    expect(fewer.text).toMatch(/Not allowed yet.*sites:read/);
    const { searchParams } = (await limited.press("Reconnect")).url;
    expect(searchParams.get("scope")).toBe("authorized_user:read sites:read");
    const [row] = await stack().database.query<{ scopes: string[] }>(`SELECT "scopes" FROM "Grant"`);
    expect(row?.scopes).toEqual(["authorized_user:read"]);
    const browser = newBrowser(stack());
    const callback = await stack().emulator.control.authorize(await startConnecting(browser), {
      userId: "64b7f1a29c0d4e0011cd0002",
    });
    await stack().emulator.control.addFault({
      endpoint: "introspect",
      kind: "json",
      body: {
        authorization: {
          id: "a1",
          scope: "authorized_user:read,sites:read,cms:write",
          authorizedTo: { siteIds: ["s1"], workspaceIds: [], userIds: ["64b7f1a29c0d4e0011cd0002"] },
        },
      },
    });
    const before = stack().app.logs().length;
    expect((await browser.open(callback)).text).toMatch(/More than this app asks for.*cms:write/);
    const lines = stack().app.logs().slice(before).split("\n").filter(Boolean);
    const told = lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === "scopes_not_asked_for");
    const [fresh] = await stack().database.query<{ id: string }>(
      `SELECT "id" FROM "Grant" WHERE 'cms:write' = ANY ("scopes")`,
    );
    expect(told).toEqual([expect.objectContaining({ level: "warn", grantId: fresh?.id, count: 1 })]);
  });

  test("C7 the client secret goes to Webflow in a body only, and is in no file that browsers get", async () => {
    await signedIn(stack());
    const requests = await stack().emulator.control.requests();
    const secret = stack().clientSecret;
    const { rawBody = "" } = requests.find(({ endpoint }) => endpoint === "token") ?? {};
    expect(rawBody).toContain(secret);
    for (const { path, query, headers } of requests)
      expect(JSON.stringify([path, query, headers])).not.toContain(secret);
    const shipped = readdirSync(join(projectRoot, ".next/static"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    expect(shipped.length).toBeGreaterThan(5);
    for (const text of shipped)
      expect(text).not.toMatch(/WEBFLOW_CLIENT_SECRET|TOKEN_KEYS|AUTH_SECRET|CRON_SECRET/);
  });
});

describe("D storage", () => {
  test("D7 a dead token is wiped: revoked here, or withdrawn at Webflow", async () => {
    const browser = await signedIn(stack());
    const other = await signedIn(stack(), { userId: "64b7f1a29c0d4e0011cd0002" });
    await browser.press("Disconnect");
    await browser.press("Disconnect");
    await stack().emulator.control.uninstall("64b7f1a29c0d4e0011cd0002");
    await other.press("Check now");
    const rows = await stack().database.query(
      `SELECT "state"::text AS state, "sealedToken" FROM "Grant" ORDER BY "state"`,
    );
    expect(rows).toEqual([
      { state: "LOST", sealedToken: null },
      { state: "REVOKED", sealedToken: null },
    ]);
    await expect(stack().database.query(`UPDATE "Grant" SET "sealedToken" = 'kept'`)).rejects.toThrow(
      "Grant_token_only_while_alive",
    );
  });
});
