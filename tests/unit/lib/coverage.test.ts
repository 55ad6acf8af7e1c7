import { expect, test } from "vitest";
import { coverageOf } from "@/lib/grants/coverage";
import type { Authorization, WebflowSite } from "@/lib/webflow/authorization";

const site = (id: string, workspaceId: string | null): WebflowSite => ({
  id,
  workspaceId,
  name: null,
  shortName: null,
  previewUrl: null,
});
const authorization = (part: Partial<Authorization>): Authorization => ({
  id: "a",
  scopes: [],
  siteIds: [],
  workspaceIds: [],
  user: null,
  sites: null,
  ...part,
});

test("a Grant covers the workspaces that were granted", () => {
  expect(coverageOf(authorization({ workspaceIds: ["w1"], sites: [site("s1", "w1")] }))).toEqual(["w1"]);
});

test("a Grant of sites covers the workspaces of these sites, and of no other", () => {
  const sites = [site("s1", "w1"), site("s2", "w1"), site("s3", "w2")];
  expect(coverageOf(authorization({ siteIds: ["s1", "s2"], sites }))).toEqual(["w1"]);
});

test("a Grant covers its sites when Webflow did not say whose they are", () => {
  expect(coverageOf(authorization({ siteIds: ["s1", "s2"] }))).toEqual(["s1", "s2"]);
  expect(coverageOf(authorization({ siteIds: ["s1"], sites: [site("s1", null)] }))).toEqual(["s1"]);
});
