import { describe, expect, test } from "vitest";
import { defaultScopes, freshEmulator, redirectUri } from "./harness";

const emulator = freshEmulator();

async function redirectOf(response: Response): Promise<URL> {
  expect(response.status).toBe(302);
  return new URL(response.headers.get("location") ?? "");
}

describe("request parameters of Webflow's page", () => {
  test("client_id: the registered one is asked about by the app's name", async () => {
    const response = await emulator().visit(emulator().authorizeUrl());
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Night Shelf wants to use your Webflow account");
  });

  test("response_type: must be there", async () => {
    const { searchParams } = await redirectOf(
      await emulator().visit(emulator().authorizeUrl({ response_type: undefined })),
    );
    expect(searchParams.get("error")).toBe("invalid_request");
  });

  test.each([
    ["%20", "authorized_user%3Aread%20sites%3Aread"],
    ["+", "authorized_user:read+sites:read"],
  ])("scope: separated by %s, every scope is asked in words", async (_name, scope) => {
    const url = `${emulator().authorizeUrl({ scope: undefined })}&scope=${scope}`;
    const page = await (await emulator().visit(url)).text();
    expect(page).toContain("See your name and e-mail address");
    expect(page).toContain("See your sites and their settings");
  });

  test("scope: must be there", async () => {
    const { searchParams } = await redirectOf(
      await emulator().visit(emulator().authorizeUrl({ scope: undefined })),
    );
    expect(searchParams.get("error")).toBe("invalid_request");
  });

  test.each(["openid", "sites:read openid", "sites:admin"])(
    "scope: %s is not registered, so a 400 page and no redirect",
    async (scope) => {
      const response = await emulator().visit(emulator().authorizeUrl({ scope }));
      expect(response.status).toBe(400);
      expect(response.headers.get("location")).toBeNull();
    },
  );

  test("redirect_uri: is optional, and the registered one is used", async () => {
    const location = await emulator().control.authorize(emulator().authorizeUrl({ redirect_uri: undefined }));
    expect(location.startsWith(`${redirectUri}?code=`)).toBe(true);
  });

  test.each([
    ["a slash more", `${redirectUri}/`],
    ["another port", redirectUri.replace("3000", "3001")],
    ["another scheme", redirectUri.replace("http:", "https:")],
    ["a query more", `${redirectUri}?next=1`],
    ["another host", "https://evil.example/api/auth/callback/webflow"],
  ])("redirect_uri: %s is a 400 page and no redirect", async (_name, uri) => {
    const response = await emulator().visit(emulator().authorizeUrl({ redirect_uri: uri }));
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
  });

  test("state: comes back as it went, several hundred odd characters included", async () => {
    const state = `${"x".repeat(900)} +/=&?#%ü`;
    const location = await emulator().control.authorize(emulator().authorizeUrl({ state }));
    expect(new URL(location).searchParams.get("state")).toBe(state);
  });

  test("state: is optional, and then none comes back", async () => {
    const location = await emulator().control.authorize(emulator().authorizeUrl({ state: undefined }));
    expect(new URL(location).searchParams.has("state")).toBe(false);
  });

  test.each(["state", "scope", "response_type"])("%s repeated is an invalid_request", async (name) => {
    const url = `${emulator().authorizeUrl()}&${name}=code`;
    const { searchParams } = await redirectOf(await emulator().visit(url));
    expect(searchParams.get("error")).toBe("invalid_request");
    expect(searchParams.get("state")).toBe(name === "state" ? null : "state-1");
  });

  test.each(["client_id", "redirect_uri"])("%s repeated is a 400 page and no redirect", async (name) => {
    const response = await emulator().visit(`${emulator().authorizeUrl()}&${name}=again`);
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
  });

  test("PKCE parameters change nothing", async () => {
    const location = await emulator().control.authorize(
      emulator().authorizeUrl({ code_challenge: "E9Melhoa2Owv", code_challenge_method: "S256" }),
    );
    const code = new URL(location).searchParams.get("code") ?? "";
    expect((await emulator().exchange({ code })).status).toBe(200);
  });

  test("workspace: preselects the workspace it names", async () => {
    const code = await emulator().newCode({}, { workspace: "northlight-agency" });
    const { codes } = await emulator().control.ledger();
    const northlight = (await emulator().control.users())
      .flatMap((user) => user.workspaces)
      .find((workspace) => workspace.slug === "northlight-agency");
    expect(codes.find((entry) => entry.value === code)).toMatchObject({
      siteIds: [],
      workspaceIds: [northlight?.id],
    });
  });
});

describe("response parameters of Webflow's page", () => {
  test("code: 64 hex characters at the redirect URL, never the same twice", async () => {
    const [first, second] = [await emulator().newCode(), await emulator().newCode()];
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toMatch(/^[0-9a-f]{64}$/);
    expect(first).not.toBe(second);
  });

  test("state: same as the original value", async () => {
    const location = await emulator().control.authorize(emulator().authorizeUrl());
    expect(new URL(location).searchParams.get("state")).toBe("state-1");
  });
});

describe("error response parameters of Webflow's page", () => {
  test("state, error and error_description come to the redirect URL", async () => {
    const location = new URL(await emulator().control.deny(emulator().authorizeUrl()));
    expect(location.origin + location.pathname).toBe(redirectUri);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      error: "access_denied",
      error_description: "User did not complete or allow authorization",
      state: "state-1",
    });
  });
});

describe("authorization errors of Webflow's page", () => {
  test.each([
    ["missing", undefined],
    ["empty", ""],
    ["invalid", "somebody-else"],
  ])("invalid_request: a %s client_id is told on a 400 page", async (_name, client_id) => {
    const response = await emulator().visit(emulator().authorizeUrl({ client_id }));
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
    expect(await response.text()).toContain("invalid_request");
  });

  test("unsupported_response_type: response type given was not code", async () => {
    const { searchParams } = await redirectOf(
      await emulator().visit(emulator().authorizeUrl({ response_type: "token" })),
    );
    expect(searchParams.get("error")).toBe("unsupported_response_type");
    expect(searchParams.get("state")).toBe("state-1");
  });

  test("access_denied: the person pressed Deny", async () => {
    const url = emulator().authorizeUrl();
    const { searchParams } = await redirectOf(await emulator().submit(url, [["decision", "deny"]]));
    expect(searchParams.get("error")).toBe("access_denied");
    expect((await emulator().control.ledger()).codes).toEqual([]);
  });
});

describe("what a person can grant", () => {
  test("fewer scopes than were asked", async () => {
    const token = await emulator().newToken({ scopes: ["sites:read"] });
    expect((await emulator().ledgerOf(token)).scopes).toEqual(["sites:read"]);
  });

  test("no more scopes than were asked", async () => {
    await expect(emulator().newCode({ scopes: [...defaultScopes, "cms:write"] })).rejects.toThrow(
      /asked for/,
    );
  });

  test("several sites", async () => {
    const [user] = await emulator().control.users();
    const siteIds = user?.sites.slice(0, 3).map((site) => site.id) ?? [];
    const token = await emulator().newToken({ siteIds });
    expect(await emulator().ledgerOf(token)).toMatchObject({ siteIds, workspaceIds: [] });
  });

  test("one workspace, but not with sites beside it", async () => {
    const [user] = await emulator().control.users();
    const workspaceId = user?.workspaceIds[0];
    const token = await emulator().newToken({ workspaceId });
    expect(await emulator().ledgerOf(token)).toMatchObject({ siteIds: [], workspaceIds: [workspaceId] });
    const siteIds = [user?.sites[0]?.id ?? ""];
    await expect(emulator().newCode({ workspaceId, siteIds })).rejects.toThrow(/not both/);
  });

  test("nothing that belongs to somebody else", async () => {
    const [mira, , ines] = await emulator().control.users();
    const siteIds = [ines?.sites[0]?.id ?? ""];
    await expect(emulator().newCode({ userId: mira?.id, siteIds })).rejects.toThrow(/no such site/);
    const workspaceId = ines?.workspaceIds[0];
    await expect(emulator().newCode({ userId: mira?.id, workspaceId })).rejects.toThrow(/no such workspace/);
  });
});
