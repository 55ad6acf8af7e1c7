import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { withWebflowClient } from "@/lib/webflow/client";
import { type AnsweringServer, startAnsweringServer } from "@/tests/support/answering-server";
import { readCollections, readSites } from "./read-sites";

const webflow = vi.hoisted(() => ({ origin: "", body: "" }));
vi.mock("@/lib/env", () => ({ env: () => ({ WEBFLOW_API_URL: webflow.origin }) }));
// Whose connection it is, is not the subject: Webflow's own client reads what the network answers.
vi.mock("../call-webflow", () => ({
  callWebflowSignedIn: (_connection: string, work: Parameters<typeof withWebflowClient>[1]) =>
    withWebflowClient("token", work),
}));

const id = (n: number) => `64b7f1a29c0d4e0011cd000${n}`;
const asked: (string | undefined)[] = [];
let server: AnsweringServer;

beforeAll(async () => {
  server = await startAnsweringServer((request, response) => {
    asked.push(request.url);
    response.end(webflow.body);
  });
  webflow.origin = server.origin;
});
afterEach(() => asked.splice(0));
afterAll(() => server.close());

function answer(body: unknown): void {
  webflow.body = JSON.stringify(body);
}

test("one odd site hides itself, one odd date itself, and no other site", async () => {
  const lastPublished = "2026-11-24T12:00:00Z";
  answer({
    sites: [
      { id: id(1), displayName: "Harbour", lastPublished },
      { id: id(2), displayName: "Odd date", lastPublished: "yesterday" },
      { id: id(3), displayName: "No date", lastPublished: 7 },
      { id: id(4), displayName: "Never", lastPublished: null },
      { id: "../../v2/token", displayName: "Odd id" },
      { id: id(5).toUpperCase(), displayName: "Odd id" },
      { displayName: "No id" },
      null,
      "site",
    ],
  });
  expect(await readSites("connection")).toEqual({
    kind: "ok",
    value: [
      { id: id(1), name: "Harbour", lastPublished: new Date(lastPublished) },
      { id: id(2), name: "Odd date", lastPublished: undefined },
      { id: id(3), name: "No date", lastPublished: undefined },
      { id: id(4), name: "Never", lastPublished: null },
    ],
  });
});

test("a name that cannot be seen gives way to one that can", async () => {
  answer({
    sites: [
      { id: id(1), displayName: " \u200b\u202e\u00a0 ", shortName: "harbour" },
      { id: id(2), displayName: "", shortName: "\u3164" },
    ],
  });
  expect(await readSites("connection")).toMatchObject({
    value: [{ name: "harbour" }, { name: id(2) }],
  });
  answer({
    collections: [{ displayName: "\u2066\u2069" }, {}, { displayName: 1 }, { displayName: "Articles" }],
  });
  expect(await readCollections("connection", [id(1)])).toEqual({
    kind: "ok",
    value: new Map([[id(1), ["Without a name", "Without a name", "Without a name", "Articles"]]]),
  });
  expect(asked).toEqual(["/v2/sites", `/v2/sites/${id(1)}/collections`]);
});
