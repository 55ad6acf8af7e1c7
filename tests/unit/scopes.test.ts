import { describe, expect, test } from "vitest";
import { describeScope, groupScopes, scopeSubjects, webflowScopes } from "@/lib/webflow/scopes";

const ids = Object.keys(webflowScopes);
const pairs = [
  "assets",
  "cms",
  "comments",
  "components",
  "custom_code",
  "ecommerce",
  "forms",
  "pages",
  "site_config",
  "sites",
  "users",
  "workspace",
];

describe("the catalogue of scopes", () => {
  test("has the 26 scopes of Webflow's page, and no other", () => {
    const expected = ["authorized_user:read", "site_activity:read"];
    for (const name of pairs) expected.push(`${name}:read`, `${name}:write`);
    expect([...ids].sort()).toEqual(expected.sort());
  });

  test.each(ids)("%s has one plain sentence, and says rightly whether it reads or changes", (id) => {
    const scope = describeScope(id);
    expect(scope.sentence).toMatch(/^[A-Z][^.]+\.$/);
    expect(scope.sentence).not.toMatch(/scope|token|OAuth|API/);
    expect(scope.access).toBe(id.endsWith(":write") ? "write" : "read");
    expect(scopeSubjects).toHaveProperty(scope.subject);
  });

  test("no two scopes have the same sentence", () => {
    expect(new Set(ids.map((id) => describeScope(id).sentence)).size).toBe(ids.length);
  });

  test("a scope that changes something is never called low risk", () => {
    const harmless = ids.filter((id) => id.endsWith(":write") && describeScope(id).care === "low");
    expect(harmless).toEqual([]);
  });
});

describe("a scope that nobody here knows", () => {
  test.each(["app_subscriptions:read", "robots:write", "constructor", "__proto__", ""])(
    "%j is shown as it is, and never as harmless",
    (id) => {
      const scope = describeScope(id);
      expect(scope.id).toBe(id);
      expect(scope.subject).toBe("other");
      expect(scope.care).not.toBe("low");
    },
  );

  test("counts as changing unless it says that it reads", () => {
    expect(describeScope("robots:manage").access).toBe("write");
    expect(describeScope("robots:read").access).toBe("read");
  });
});

describe("scopes grouped by what they touch", () => {
  test("each is shown once, reading before changing, unknown ones last", () => {
    const groups = groupScopes(["x:y", "cms:write", "sites:read", "cms:read", "sites:read"]);
    expect(groups.map(({ label, scopes }) => [label, scopes.map(({ id }) => id)])).toEqual([
      [scopeSubjects.sites, ["sites:read"]],
      [scopeSubjects.content, ["cms:read", "cms:write"]],
      [scopeSubjects.other, ["x:y"]],
    ]);
  });

  test("none is lost", () => {
    expect(groupScopes(ids).flatMap(({ scopes }) => scopes)).toHaveLength(ids.length);
    expect(groupScopes([])).toEqual([]);
  });
});
