import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { defaultSwitches } from "../../emulator/domain/switches";
import { app, freshEmulator, redirectUri } from "./harness";

const emulator = freshEmulator();

async function introspect(token: string) {
  const answer: {
    authorization: { scope: string; authorizedTo: Record<string, string[] | undefined> };
  } = await (await emulator().api("/token/introspect", token)).json();
  return answer.authorization;
}

/** fetch does not let a caller choose the Host header. */
function postAsHost(host: string, path: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host, "content-type": "application/json" };
    const sent = request(
      new URL(path, emulator().origin),
      { method: "POST", headers, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

test("every switch starts where Webflow's documents make it likely", async () => {
  expect(await emulator().control.switches()).toEqual(defaultSwitches);
});

test.each([
  ["space", "authorized_user:read sites:read"],
  ["comma", "authorized_user:read,sites:read"],
  ["none", undefined],
] as const)("tokenScope %s: the token answer's scope", async (tokenScope, scope) => {
  await emulator().control.setSwitches({ tokenScope });
  const answer: unknown = await (await emulator().exchange({ code: await emulator().newCode() })).json();
  if (scope === undefined) expect(answer).not.toHaveProperty("scope");
  else expect(answer).toMatchObject({ scope });
});

test.each([
  ["comma", "authorized_user:read,sites:read"],
  ["space", "authorized_user:read sites:read"],
] as const)("introspectScope %s: what separates introspect's scopes", async (introspectScope, scope) => {
  await emulator().control.setSwitches({ introspectScope });
  expect(await introspect(await emulator().newToken())).toMatchObject({ scope });
});

test("introspectUserIds off: introspect does not say who", async () => {
  await emulator().control.setSwitches({ introspectUserIds: false });
  const { authorizedTo } = await introspect(await emulator().newToken());
  expect(authorizedTo).not.toHaveProperty("userIds");
});

test("introspectImplied: workspaces of granted sites and sites of a granted workspace are named or not", async () => {
  const [user] = await emulator().control.users();
  const [workspaceId] = user?.workspaceIds ?? [];
  const [bySite, byWorkspace] = [await emulator().newToken(), await emulator().newToken({ workspaceId })];
  expect((await introspect(bySite)).authorizedTo.workspaceIds).toEqual([]);
  expect((await introspect(byWorkspace)).authorizedTo.siteIds).toEqual([]);
  await emulator().control.setSwitches({ introspectImplied: true });
  expect((await introspect(bySite)).authorizedTo.workspaceIds).toEqual([workspaceId]);
  expect((await introspect(byWorkspace)).authorizedTo.siteIds).toHaveLength(2);
});

describe("secondAuthorization", () => {
  test("adds: both tokens live", async () => {
    const [first, second] = [await emulator().newToken(), await emulator().newToken()];
    expect((await emulator().ledgerOf(first)).alive).toBe(true);
    expect((await emulator().ledgerOf(second)).alive).toBe(true);
  });

  test("replaces: the first token is dead once the second is issued", async () => {
    await emulator().control.setSwitches({ secondAuthorization: "replaces" });
    const [first, second] = [await emulator().newToken(), await emulator().newToken()];
    expect(await emulator().ledgerOf(first)).toMatchObject({ alive: false, killedBy: "supersede" });
    expect((await emulator().ledgerOf(second)).alive).toBe(true);
  });

  test("same_token: the same token stands for what was granted last", async () => {
    await emulator().control.setSwitches({ secondAuthorization: "same_token" });
    const first = await emulator().newToken();
    const second = await emulator().newToken({ scopes: ["sites:read"] });
    expect(second).toBe(first);
    expect(await emulator().ledgerOf(first)).toMatchObject({ alive: true, scopes: ["sites:read"] });
  });

  test("another person's token is never touched", async () => {
    await emulator().control.setSwitches({ secondAuthorization: "replaces" });
    const [, other] = await emulator().control.users();
    const first = await emulator().newToken();
    await emulator().newToken({ userId: other?.id });
    expect((await emulator().ledgerOf(first)).alive).toBe(true);
  });
});

test.each([
  ["keeps_token", true, null],
  ["kills_token", false, "replay"],
] as const)(
  "codeReplay %s: what a second exchange does to the token",
  async (codeReplay, alive, killedBy) => {
    await emulator().control.setSwitches({ codeReplay });
    const code = await emulator().newCode();
    const answer: { access_token: string } = await (await emulator().exchange({ code })).json();
    await emulator().exchange({ code });
    expect(await emulator().ledgerOf(answer.access_token)).toMatchObject({ alive, killedBy });
  },
);

describe("basicAuth", () => {
  async function exchangeWithBasic(secret: string, extra: Record<string, string> = {}): Promise<Response> {
    const fields = { grant_type: "authorization_code", redirect_uri: redirectUri, ...extra };
    return fetch(`${emulator().origin}/oauth/access_token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${app.id}:${secret}`).toString("base64")}` },
      body: new URLSearchParams({ ...fields, code: await emulator().newCode() }),
    });
  }

  test("off: the header is not looked at", async () => {
    const response = await exchangeWithBasic(app.secret);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_client" });
  });

  test("on: the header counts, a wrong one is a 401, two ways at once are an invalid_request", async () => {
    await emulator().control.setSwitches({ basicAuth: true });
    expect((await exchangeWithBasic(app.secret)).status).toBe(200);
    const wrong = await exchangeWithBasic("wrong");
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toContain("Basic");
    const both = await exchangeWithBasic(app.secret, { client_secret: app.secret });
    expect(await both.json()).toMatchObject({ error: "invalid_request" });
  });
});

test.each([
  ["token", true],
  ["grant", false],
] as const)("revokeKills %s: whether the person's other token lives on", async (revokeKills, othersLive) => {
  await emulator().control.setSwitches({ revokeKills });
  const [, stranger] = await emulator().control.users();
  const tokens = [await emulator().newToken(), await emulator().newToken()] as const;
  const foreign = await emulator().newToken({ userId: stranger?.id });
  await emulator().revoke({ access_token: tokens[0] });
  expect((await emulator().ledgerOf(tokens[0])).alive).toBe(false);
  expect((await emulator().ledgerOf(tokens[1])).alive).toBe(othersLive);
  expect((await emulator().ledgerOf(foreign)).alive).toBe(true);
});

test("revokeStyle newer: did_revoke, and errors with error_description", async () => {
  await emulator().control.setSwitches({ revokeStyle: "newer" });
  const token = await emulator().newToken();
  expect(await (await emulator().revoke({ access_token: token })).json()).toEqual({ did_revoke: true });
  expect(await (await emulator().revoke({ access_token: token })).json()).toEqual({
    error: "invalid_token",
    error_description: "Provided token is unknown or already revoked",
  });
});

test.each([
  ["both", 400, 400],
  ["api", 400, 404],
  ["webflow", 404, 400],
] as const)("revokeHost %s: which host serves revoke", async (revokeHost, atApi, atWebflow) => {
  await emulator().control.setSwitches({ revokeHost });
  const path = "/oauth/revoke_authorization";
  const { host, port } = new URL(emulator().origin);
  expect(await postAsHost(host, path, "{}")).toBe(atApi);
  expect(await postAsHost(`webflow.localhost:${port}`, path, "{}")).toBe(atWebflow);
});

test.each([
  ["invalid_token", 400, { error: "invalid_token", error_response: expect.any(String) }],
  ["true", 200, { didRevoke: true }],
  ["false", 200, { didRevoke: false }],
] as const)("secondRevoke %s: the answer for a dead token", async (secondRevoke, status, body) => {
  await emulator().control.setSwitches({ secondRevoke });
  const token = await emulator().newToken();
  await emulator().revoke({ access_token: token });
  const again = await emulator().revoke({ access_token: token });
  expect(again.status).toBe(status);
  expect(await again.json()).toEqual(body);
});

test.each([
  ["narrows", { alive: true, killedBy: null }],
  ["kills_token", { alive: false, killedBy: "site_removal" }],
] as const)("siteRemoval %s: one of two sites is taken away", async (siteRemoval, fate) => {
  await emulator().control.setSwitches({ siteRemoval });
  const [user] = await emulator().control.users();
  const [first, second] = user?.sites.map((site) => site.id) ?? [];
  const token = await emulator().newToken({ siteIds: [first ?? "", second ?? ""] });
  await emulator().control.removeSite(user?.id ?? "", first ?? "");
  expect(await emulator().ledgerOf(token)).toMatchObject({ ...fate, siteIds: [second] });
});

test("taking the last site away ends the token in every position", async () => {
  const [user] = await emulator().control.users();
  const token = await emulator().newToken();
  await emulator().control.removeSite(user?.id ?? "", user?.sites[0]?.id ?? "");
  expect(await emulator().ledgerOf(token)).toMatchObject({ alive: false, killedBy: "site_removal" });
  expect((await emulator().api("/token/introspect", token)).status).toBe(401);
});

test("badClientId redirect: invalid_request at the registered URL", async () => {
  await emulator().control.setSwitches({ badClientId: "redirect" });
  const response = await emulator().visit(emulator().authorizeUrl({ client_id: "somebody-else" }));
  expect(response.status).toBe(302);
  const location = new URL(response.headers.get("location") ?? "");
  expect(location.href.startsWith(redirectUri)).toBe(true);
  expect(location.searchParams.get("error")).toBe("invalid_request");
});

test("singleSite: one site can be chosen, several or a workspace cannot", async () => {
  await emulator().control.setSwitches({ singleSite: true });
  const [user] = await emulator().control.users();
  const siteIds = user?.sites.slice(0, 2).map((site) => site.id);
  await expect(emulator().newCode({ siteIds })).rejects.toThrow(/one site only/);
  await expect(emulator().newCode({ workspaceId: user?.workspaceIds[0] })).rejects.toThrow(/one site only/);
  const page = await (await emulator().visit(emulator().authorizeUrl())).text();
  expect(page).toContain('type="radio" name="siteId"');
  expect(page).not.toContain("A whole workspace");
  expect(await emulator().newCode()).toMatch(/^[0-9a-f]{64}$/);
});

test("rateLimit 120: introspect and the headers say so", async () => {
  await emulator().control.setSwitches({ rateLimit: 120 });
  const response = await emulator().api("/token/introspect", await emulator().newToken());
  expect(response.headers.get("x-ratelimit-limit")).toBe("120");
  expect(await response.json()).toMatchObject({ authorization: { rateLimit: 120 } });
});

test.each([{ tokenScope: "tab" }, { rateLimit: 0 }, { noSuchSwitch: true }])(
  "a switch or position that does not exist changes nothing: %j",
  async (change) => {
    const response = await fetch(`${emulator().origin}/_control/switches`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(change),
    });
    expect(response.status).toBe(400);
    expect(await emulator().control.switches()).toEqual(defaultSwitches);
  },
);
