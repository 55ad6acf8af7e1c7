import { describe, expect, test } from "vitest";
import { toCard } from "@/app/dashboard/card";
import { connectionStatus, liveFirst, statusWords } from "@/app/dashboard/connection-status";
import { isolate } from "@/app/dashboard/isolate";
import { newsOf } from "@/app/dashboard/news";
import { exactTime, relativeTime } from "@/app/dashboard/relative-time";
import { designerLink, previewLink } from "@/app/dashboard/site-links";
import { connectionOwner } from "@/components/connection-owner";
import type { Connection } from "@/lib/grants/read";

const noon = new Date("2026-11-24T12:00:00Z");
const ago = (seconds: number) => new Date(noon.getTime() - seconds * 1000);

function connection(changes: Partial<Connection> = {}): Connection {
  return {
    id: "c1",
    state: "active",
    webflowUser: { id: "u1", name: "Ada", email: null },
    sites: [],
    workspaceIds: [],
    namesSites: false,
    scopes: [],
    missingScopes: [],
    extraScopes: [],
    connectedAt: ago(3600),
    checkedAt: ago(300),
    checkUnclear: false,
    endedAt: null,
    disconnectRequestedAt: null,
    ...changes,
  };
}

describe("time in words", () => {
  test.each([
    [-30, "just now"],
    [59, "just now"],
    [60, "1 minute ago"],
    [3 * 60 + 59, "3 minutes ago"],
    [3600, "1 hour ago"],
    [12 * 86_400, "12 days ago"],
    [40 * 86_400, "1 month ago"],
    [800 * 86_400, "2 years ago"],
  ])("%i seconds ago reads %j", (seconds, words) => {
    expect(relativeTime(ago(seconds), noon)).toBe(words);
  });

  test("the exact time names its clock", () => {
    expect(exactTime(noon)).toBe("24 Nov 2026, 12:00 UTC");
  });
});

test("an ended connection says which sites it was for, so that two of one person can be told apart", () => {
  const sites = ["Harbour", null, "Pine", "Quay", "Reed"].map((name, index) => ({
    id: `s${index}`,
    name,
    workspaceId: null,
    shortName: null,
    previewUrl: null,
  }));
  expect(toCard(connection({ state: "disconnected", sites }), noon).had).toBe(
    `${isolate("Harbour")}, ${isolate("s1")}, ${isolate("Pine")}, 2 more`,
  );
  expect(toCard(connection({ state: "withdrawn" }), noon).had).toBe("");
  expect(toCard(connection({ sites }), noon).had).toBe("");
});

test.each([
  [[], true, "Sites"],
  [[], false, "Sites"],
  [["w1"], false, "Every site of the workspace, later ones too"],
  [["w1", "w2"], false, "Every site of 2 workspaces, later ones too"],
  [["w1"], true, "These sites, or every site of the workspace: Webflow names both"],
  [["w1", "w2"], true, "These sites, or every site of 2 workspaces: Webflow names both"],
])("workspaces %j, sites named: %j reads %j", (workspaceIds, namesSites, words) => {
  expect(toCard(connection({ workspaceIds, namesSites }), noon).facts?.where).toBe(words);
});

describe("the status of a connection", () => {
  test("active without all it needs is limited; an ended one stays ended", () => {
    expect(connectionStatus(connection())).toBe("active");
    expect(connectionStatus(connection({ missingScopes: ["cms:read"] }))).toBe("limited");
    expect(connectionStatus(connection({ state: "withdrawn", missingScopes: ["cms:read"] }))).toBe(
      "withdrawn",
    );
  });

  test("that must be checked first is not called connected", () => {
    expect(connectionStatus(connection({ checkedAt: null }))).toBe("checking");
    expect(connectionStatus(connection({ checkedAt: null, state: "withdrawn" }))).toBe("withdrawn");
  });

  test("each has words of its own", () => {
    const all = Object.values(statusWords);
    expect(new Set(all.map(({ label }) => label)).size).toBe(all.length);
  });

  test("what still works is shown first", () => {
    const ended = connection({ id: "old", state: "disconnected" });
    expect(liveFirst([ended, connection()]).map(({ id }) => id)).toEqual(["c1", "old"]);
  });
});

describe("news of a disconnect", () => {
  const asked = { disconnectRequestedAt: ago(60) };
  const news = (...connections: Connection[]) => newsOf(connections, noon);

  test("is silent while nothing was disconnected", () => {
    expect(news()).toBe("");
    expect(news(connection())).toBe("");
  });

  test("says Disconnected only when Webflow confirmed, and for an hour", () => {
    expect(news(connection({ ...asked, state: "disconnected", endedAt: ago(50) }))).toMatch(
      /^Disconnected\./,
    );
    expect(news(connection({ ...asked, state: "disconnected", endedAt: ago(3601) }))).toBe("");
    expect(news(connection({ ...asked, state: "disconnecting" }))).toMatch(/^Disconnecting\./);
    expect(news(connection({ ...asked, state: "abandoned" }))).toBe("");
  });

  test("is about the latest one", () => {
    const older = connection({ id: "c0", state: "disconnected", disconnectRequestedAt: ago(600) });
    expect(news(older, connection({ ...asked, state: "disconnecting" }))).toMatch(/^Disconnecting/);
  });

  test("is over once something was connected afterwards", () => {
    const again = connection({ id: "c2", connectedAt: ago(10) });
    expect(news(again, connection({ ...asked, state: "disconnected" }))).toBe("");
  });

  test("is not pushed aside by a check of another connection", () => {
    const other = connection({ checkedAt: ago(1) });
    expect(news(other, connection({ ...asked, state: "disconnected", endedAt: ago(5) }))).toMatch(
      /^Disconnected\..*Checked just now/,
    );
  });
});

describe("news of a check", () => {
  test("says that Webflow answered, while that is fresh", () => {
    expect(newsOf([connection({ checkedAt: ago(2) })], noon)).toBe(
      "Checked just now: Webflow confirms the access of \u2068Ada\u2069.",
    );
    expect(newsOf([connection({ checkedAt: ago(11) })], noon)).toBe("");
  });

  test("is not pushed aside by a check of another connection that proved nothing", () => {
    const unclear = connection({ checkedAt: ago(900), checkUnclear: true });
    const other = connection({ webflowUser: { id: "u2", name: "Ben", email: null }, checkedAt: ago(2) });
    expect(newsOf([unclear, other], noon)).toMatch(
      /^Webflow gave no clear answer about \u2068Ada\u2069\..* Checked just now: .*\u2068Ben\u2069\.$/,
    );
  });

  test("says so when the access has ended", () => {
    const withdrawn = { state: "withdrawn", checkedAt: ago(2), endedAt: ago(2) } as const;
    expect(newsOf([connection(withdrawn)], noon)).toBe(
      "Checked just now: Webflow says that the access of \u2068Ada\u2069 has ended.",
    );
    expect(newsOf([connection({ ...withdrawn, checkedAt: ago(11), endedAt: ago(11) })], noon)).toBe("");
  });

  test("tells connections of one name apart, so that it is no answer about another one than was asked about", () => {
    const ofSites = (id: string, ...names: string[]) =>
      connection({
        id,
        sites: names.map((name) => ({
          id: `${id} ${name}`,
          name,
          workspaceId: null,
          shortName: null,
          previewUrl: null,
        })),
      });
    const asked = ofSites("c1", "Harbour");
    const fresh = { ...ofSites("c2", "Pine", "Quay"), checkedAt: ago(2) };
    expect(newsOf([asked, fresh], noon)).toBe(
      "Checked just now: Webflow confirms the access of \u2068Ada\u2069 (\u2068Pine\u2069, \u2068Quay\u2069).",
    );
    expect(newsOf([asked, { ...fresh, state: "withdrawn", endedAt: ago(2) }], noon)).toBe(
      "Checked just now: Webflow says that the access of \u2068Ada\u2069 (\u2068Pine\u2069, \u2068Quay\u2069) has ended.",
    );
    expect(newsOf([asked, { ...fresh, checkUnclear: true }], noon)).toMatch(
      /^Webflow gave no clear answer about \u2068Ada\u2069 \(\u2068Pine\u2069, \u2068Quay\u2069\)\. /,
    );
    // By what is written on one card alone: not by sites of the same name, nor by none.
    for (const names of [["Pine"], []])
      expect(newsOf([ofSites("c1", "Pine"), { ...ofSites("c2", ...names), checkedAt: ago(2) }], noon)).toBe(
        "Checked just now: Webflow confirms the access of \u2068Ada\u2069 (connection c2).",
      );
  });

  test("is no news right after connecting", () => {
    expect(newsOf([connection({ connectedAt: ago(2), checkedAt: ago(2) })], noon)).toBe("");
  });

  test("says so when the answer proved nothing", () => {
    for (const checkedAt of [ago(900), ago(2)])
      expect(newsOf([connection({ checkedAt, checkUnclear: true })], noon)).toMatch(
        /^Webflow gave no clear answer about \u2068Ada\u2069\. What .* try again in a minute\.$/,
      );
  });
});

describe("who a connection belongs to", () => {
  test.each([
    [{ id: "u1", name: "Ada", email: "a@b.example" }, "Ada", "a@b.example"],
    [{ id: "u1", name: " ", email: "a@b.example" }, "a@b.example", null],
    [{ id: "u1", name: null, email: null }, "Webflow user u1", null],
    [{ id: "u1", name: "\u200b\u202e", email: "\u3164" }, "Webflow user u1", null],
  ])("%j", (user, title, detail) => {
    expect(connectionOwner(user)).toEqual({ title, detail });
  });
});

test("a name cannot turn our sentence around, not even by ending its isolation", () => {
  const name = "\u2069\u202eevil\u2066";
  expect(isolate(name)).toBe("\u2068\u202eevil\u2069");
  expect(
    newsOf([connection({ webflowUser: { id: "u1", name, email: null }, checkUnclear: true })], noon),
  ).toContain(isolate(name));
});

describe("links to a site", () => {
  test.each([
    "javascript:alert(1)",
    "http://a.example/x.png",
    "https://webflow.com:pw@evil.example/x.png",
    "https://webflow.com@evil.example/x.png",
    "https://:pw@evil.example/x.png",
    "data:text/html,x",
    "no address",
    "",
    null,
  ])("%j is no preview", (previewUrl) => {
    expect(previewLink({ previewUrl })).toBeNull();
  });

  test("an https address is", () => {
    expect(previewLink({ previewUrl: "https://a.example/x.png" })).toBe("https://a.example/x.png");
  });

  test("the Designer's host is made of a plain short name only", () => {
    expect(designerLink({ shortName: "my-site-2" })).toBe("https://my-site-2.design.webflow.com");
    for (const shortName of ["evil.example/", "a b", "@x", "", null])
      expect(designerLink({ shortName })).toBeNull();
  });
});
