import { describe, expect, test } from "vitest";
import { app, freshEmulator } from "./harness";

const emulator = freshEmulator();

const unauthorized = {
  code: "not_authorized",
  message: "Request not authorized",
  externalReference: null,
  details: [],
};

describe("GET /v2/token/introspect", () => {
  test("tells the authorization and the application, and needs no scope", async () => {
    const [user] = await emulator().control.users();
    const siteIds = user?.sites.slice(0, 2).map((site) => site.id);
    const token = await emulator().newToken({ scopes: ["sites:read"], siteIds });
    const response = await emulator().api("/token/introspect", token);
    expect(response.status).toBe(200);
    const isoDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(await response.json()).toEqual({
      authorization: {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        createdOn: isoDate,
        lastUsed: isoDate,
        grantType: "authorization_code",
        rateLimit: 60,
        scope: "sites:read",
        authorizedTo: { siteIds, workspaceIds: [], userIds: [user?.id] },
      },
      application: {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        description: expect.any(String),
        homepage: "http://localhost:3000",
        displayName: app.name,
      },
    });
  });

  test("is a GET: a POST finds nothing", async () => {
    const token = await emulator().newToken();
    const response = await fetch(`${emulator().origin}/v2/token/introspect`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(404);
  });

  test("two authorizations of one person have ids of their own", async () => {
    const [first, second] = [await emulator().newToken(), await emulator().newToken()];
    const idOf = async (token: string) => (await emulator().ledgerOf(token)).authorizationId;
    expect(await idOf(first)).not.toBe(await idOf(second));
  });
});

describe("GET /v2/token/authorized_by", () => {
  test("tells id, e-mail and names, and no more", async () => {
    const [user] = await emulator().control.users();
    const response = await emulator().api("/token/authorized_by", await emulator().newToken());
    expect(await response.json()).toEqual({
      id: user?.id,
      email: user?.email,
      firstName: user?.firstName,
      lastName: user?.lastName,
    });
  });

  test("leaves out the names of a person who has none", async () => {
    const nameless = (await emulator().control.users()).find((user) => user.firstName === undefined);
    const token = await emulator().newToken({ userId: nameless?.id });
    const response = await emulator().api("/token/authorized_by", token);
    expect(await response.json()).toEqual({ id: nameless?.id, email: nameless?.email });
  });

  test("without authorized_user:read is a 403 that names the missing scope", async () => {
    const token = await emulator().newToken({ scopes: ["sites:read"] });
    const response = await emulator().api("/token/authorized_by", token);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      code: "missing_scopes",
      message: "OAuthForbidden: You are missing the following scopes - authorized_user:read",
      externalReference: null,
      details: [],
    });
  });
});

describe("GET /v2/sites", () => {
  test("lists the granted sites only, unpublished ones with lastPublished null", async () => {
    const [user] = await emulator().control.users();
    const chosen = user?.sites.slice(0, 2) ?? [];
    const token = await emulator().newToken({ siteIds: chosen.map((site) => site.id) });
    const answer: { sites: Record<string, unknown>[] } = await (await emulator().api("/sites", token)).json();
    expect(answer.sites.map((site) => site.id)).toEqual(chosen.map((site) => site.id));
    expect(answer.sites.map((site) => site.lastPublished)).toContain(null);
    expect(answer.sites[0]).not.toHaveProperty("pages");
  });

  test("lists every site of a granted workspace", async () => {
    const [user] = await emulator().control.users();
    const workspaceId = user?.workspaceIds[1];
    const token = await emulator().newToken({ workspaceId });
    const answer: { sites: Record<string, unknown>[] } = await (await emulator().api("/sites", token)).json();
    expect(answer.sites).toHaveLength(3);
    expect(new Set(answer.sites.map((site) => site.workspaceId))).toEqual(new Set([workspaceId]));
  });

  test("one site: granted, not granted, and an id that is none", async () => {
    const [user] = await emulator().control.users();
    const [mine, other] = user?.sites ?? [];
    const token = await emulator().newToken({ siteIds: [mine?.id ?? ""] });
    expect((await emulator().api(`/sites/${mine?.id}`, token)).status).toBe(200);
    const missing = await emulator().api(`/sites/${other?.id}`, token);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ code: "resource_not_found" });
    expect((await emulator().api("/sites/none", token)).status).toBe(400);
  });

  test("collections of a site need cms:read", async () => {
    const url = emulator().authorizeUrl({ scope: "sites:read cms:read" });
    const location = new URL(await emulator().control.authorize(url));
    const answer: { access_token: string } = await (
      await emulator().exchange({ code: location.searchParams.get("code") ?? "" })
    ).json();
    const [site] = (await emulator().ledgerOf(answer.access_token)).siteIds;
    const response = await emulator().api(`/sites/${site}/collections`, answer.access_token);
    const { collections }: { collections: Record<string, unknown>[] } = await response.json();
    expect(collections.map((collection) => collection.displayName)).toEqual(["Articles", "Team members"]);
    const poor = await emulator().newToken();
    expect((await emulator().api(`/sites/${site}/collections`, poor)).status).toBe(403);
  });
});

describe("errors and limits", () => {
  test.each([
    ["no token", undefined],
    ["a token that was never issued", "0".repeat(64)],
  ])("401 with Webflow's body for %s", async (_name, token) => {
    const response = await emulator().api("/token/introspect", token);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual(unauthorized);
  });

  test("404 for a path that is none", async () => {
    const response = await emulator().api("/nothing", await emulator().newToken());
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "resource_not_found" });
  });

  test("every answer tells the limit and what remains of it", async () => {
    const token = await emulator().newToken();
    for (const [path, remaining] of [
      ["/token/introspect", "59"],
      ["/nothing", "58"],
    ] as const) {
      const response = await emulator().api(path, token);
      expect(response.headers.get("x-ratelimit-limit")).toBe("60");
      expect(response.headers.get("x-ratelimit-remaining")).toBe(remaining);
    }
    expect((await emulator().api("/sites", "unknown")).headers.get("x-ratelimit-limit")).toBe("60");
  });

  test("429 with Retry-After above the limit, for that token and that minute only", async () => {
    await emulator().control.setSwitches({ rateLimit: 2 });
    const [busy, idle] = [await emulator().newToken(), await emulator().newToken()];
    const statuses = [];
    for (let request = 0; request < 3; request++) {
      const response = await emulator().api("/sites", busy);
      statuses.push(response.status);
      if (response.status !== 429) continue;
      expect(response.headers.get("retry-after")).toBe("60");
      expect(response.headers.get("x-ratelimit-remaining")).toBe("0");
      expect(await response.json()).toMatchObject({
        code: "too_many_requests",
        message: "Too many requests",
      });
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect((await emulator().api("/sites", idle)).status).toBe(200);
    await emulator().control.advanceClock(60_000);
    expect((await emulator().api("/sites", busy)).status).toBe(200);
  });
});
