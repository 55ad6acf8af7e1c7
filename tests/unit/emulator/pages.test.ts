import { describe, expect, test } from "vitest";
import { presets } from "../../emulator/faults/presets";
import { freshEmulator, redirectUri } from "./harness";

const emulator = freshEmulator();

function cookieOf(response: Response): string {
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

/** What a browser would send if the form of this page were submitted as it is. */
async function tickedOn(url: string, headers: Record<string, string> = {}): Promise<[string, string][]> {
  const page = await (await emulator().visit(url, headers)).text();
  const form = page.slice(page.lastIndexOf('action="/oauth/authorize'));
  return [...form.matchAll(/<input ([^>]*)>/g)].flatMap(([, attributes = ""]): [string, string][] => {
    const read = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
    const counts = read("type") === "hidden" || attributes.includes("checked");
    return counts ? [[read("name"), read("value")]] : [];
  });
}

describe("the consent page", () => {
  test("says that it is local, whose app asks, and has the buttons Authorize app and Deny", async () => {
    const page = await (await emulator().visit(emulator().authorizeUrl())).text();
    expect(page).toContain("<strong>Local Webflow</strong> · nothing here reaches webflow.com");
    expect(page).toContain("Night Shelf wants to use your Webflow account");
    expect(page).toMatch(/value="approve">Authorize app<\/button>/);
    expect(page).toMatch(/value="deny">Deny<\/button>/);
  });

  test("is approved as it opens by one click, for every user", async () => {
    const users = await emulator().control.users();
    for (const user of users) {
      const headers = { cookie: `local_webflow_user=${user.id}` };
      const url = emulator().authorizeUrl();
      const fields = await tickedOn(url, headers);
      const response = await emulator().submit(url, [...fields, ["decision", "approve"]], headers);
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toContain(`${redirectUri}?code=`);
    }
    expect((await emulator().control.ledger()).codes.map((code) => code.userId)).toEqual(
      users.map((user) => user.id),
    );
  });

  test("remembers the chosen user in a cookie and comes back to the same question", async () => {
    const [, jonas] = await emulator().control.users();
    const { pathname, search } = new URL(emulator().authorizeUrl());
    const response = await emulator().submit("/current-user", [
      ["userId", jonas?.id ?? ""],
      ["returnTo", pathname + search],
    ]);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(pathname + search);
    expect(response.headers.get("set-cookie")).toContain("HttpOnly");
    const page = await (
      await emulator().visit(emulator().authorizeUrl(), { cookie: cookieOf(response) })
    ).text();
    expect(page).toContain("You are Jonas Lindqvist");
    expect(page).not.toContain("Winter Catalogue");
  });

  test.each(["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])(
    "never comes back to another site: %s",
    async (returnTo) => {
      const [user] = await emulator().control.users();
      const response = await emulator().submit("/current-user", [
        ["userId", user?.id ?? ""],
        ["returnTo", returnTo],
      ]);
      expect(response.headers.get("location")).toBe("/");
    },
  );

  test.each([
    ["scope", /at least one permission/],
    ["siteId", /at least one site/],
  ])("says what is missing when no %s is ticked, and issues nothing", async (name, words) => {
    const url = emulator().authorizeUrl();
    const fields = (await tickedOn(url)).filter(([field]) => field !== name);
    const response = await emulator().submit(url, [...fields, ["decision", "approve"]]);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(words);
    expect((await emulator().control.ledger()).codes).toEqual([]);
  });

  test("grants only what stayed ticked", async () => {
    const url = emulator().authorizeUrl();
    const fields = (await tickedOn(url)).filter(([, value]) => value !== "authorized_user:read");
    await emulator().submit(url, [...fields, ["decision", "approve"]]);
    expect((await emulator().control.ledger()).codes).toMatchObject([{ scopes: ["sites:read"] }]);
  });

  test("grants a workspace when that was chosen, whatever sites are still ticked", async () => {
    const [user] = await emulator().control.users();
    const url = emulator().authorizeUrl();
    const fields = (await tickedOn(url)).filter(([field]) => field !== "coverage");
    await emulator().submit(url, [...fields, ["coverage", "workspace"], ["decision", "approve"]]);
    expect((await emulator().control.ledger()).codes).toMatchObject([
      { siteIds: [], workspaceIds: [user?.workspaceIds[0]] },
    ]);
  });

  test("shows markup in a parameter as text", async () => {
    const page = await (
      await emulator().visit(
        emulator().authorizeUrl({ scope: "<img/onerror=alert(1)>", state: '"><script>' }),
      )
    ).text();
    expect(page).not.toContain("<img/onerror");
    const asked = await (
      await emulator().visit(emulator().authorizeUrl({ state: '"><script>alert(1)</script>' }))
    ).text();
    expect(asked).not.toContain("<script>alert");
  });
});

describe("connected apps", () => {
  test("a person takes one site away, then the whole app", async () => {
    const [user] = await emulator().control.users();
    const siteIds = user?.sites.slice(0, 2).map((site) => site.id) ?? [];
    const token = await emulator().newToken({ siteIds });
    const page = async () => (await emulator().visit("/connected-apps")).text();
    expect(await page()).toContain("Remove Winter Catalogue");

    await emulator().submit("/connected-apps/remove-site", [["siteId", siteIds[1] ?? ""]]);
    expect(await page()).not.toContain("Remove Winter Catalogue");
    expect((await emulator().ledgerOf(token)).siteIds).toEqual([siteIds[0]]);

    await emulator().submit("/connected-apps/uninstall", []);
    expect(await page()).toContain("No app is connected to this account.");
    expect((await emulator().ledgerOf(token)).killedBy).toBe("uninstall");
  });
});

describe("marketplace", () => {
  test("Install opens the authorize link without a state", async () => {
    const page = await (await emulator().visit("/marketplace")).text();
    const href = /href="(\/oauth\/authorize[^"]*)">Install/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const query = new URL(href, emulator().origin).searchParams;
    expect(query.has("state")).toBe(false);
    expect((await emulator().visit(href)).status).toBe(200);
    const location = new URL(await emulator().control.authorize(new URL(href, emulator().origin).href));
    expect([...location.searchParams.keys()]).toEqual(["code"]);
  });
});

describe("the control page", () => {
  test("shows tokens and codes by fingerprint only, and no request's query or body", async () => {
    await emulator().newToken();
    await emulator().visit(emulator().authorizeUrl({ state: "state-canary" }));
    const page = await (await emulator().visit("/_control")).text();
    const { codes, tokens } = await emulator().control.ledger();
    for (const { value, fingerprint } of [...codes, ...tokens]) {
      expect(page).not.toContain(value.slice(0, 12));
      expect(page).toContain(fingerprint.slice(0, 12));
    }
    expect(page).not.toContain("secret-under-test");
    expect(page).not.toContain("state-canary");
  });

  test.each(presets.map((preset) => [preset.label, preset]))(
    "one click: %s, and back to normal",
    async (_label, preset) => {
      await emulator().submit("/_control/page/preset", [["preset", preset.id]]);
      expect(await emulator().control.faults()).toMatchObject(preset.faults);
      await emulator().submit("/_control/page/preset", [["preset", "normal"]]);
      expect(await emulator().control.faults()).toEqual([]);
    },
  );

  test("its switches form sets every switch, and changes nothing when one is wrong", async () => {
    const fields: [string, string][] = [
      ["tokenScope", "none"],
      ["basicAuth", "true"],
      ["secondRevoke", "true"],
      ["rateLimit", "120"],
    ];
    await emulator().submit("/_control/page/switches", fields);
    const set = { tokenScope: "none", basicAuth: true, secondRevoke: "true", rateLimit: 120 };
    expect(await emulator().control.switches()).toMatchObject(set);
    const wrong = await emulator().submit("/_control/page/switches", [
      ["rateLimit", "many"],
      ["tokenScope", "comma"],
    ]);
    expect(wrong.status).toBe(400);
    expect(await emulator().control.switches()).toMatchObject(set);
  });

  test("any other fault is typed as JSON, and a mistake in it is told", async () => {
    await emulator().submit("/_control/page/fault", [
      ["fault", '{"endpoint":"token","kind":"hang","times":2}'],
    ]);
    expect(await emulator().control.faults()).toMatchObject([{ endpoint: "token", kind: "hang", left: 2 }]);
    const wrong = await emulator().submit("/_control/page/fault", [["fault", "{"]]);
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("This is no fault");
  });

  test("its clock moves Webflow's time", async () => {
    const code = await emulator().newCode();
    await emulator().submit("/_control/page/clock", [["advanceMs", "900000"]]);
    expect((await emulator().exchange({ code })).status).toBe(400);
  });
});

test("home leads to every page, and an unknown page says so", async () => {
  const home = await (await emulator().visit("/")).text();
  for (const path of ["/marketplace", "/connected-apps", "/_control"])
    expect(home).toContain(`href="${path}"`);
  expect((await emulator().visit("/nowhere")).status).toBe(404);
});
