import { expect, test, vi } from "vitest";
import { isLookAtPage, refusalOf } from "@/lib/request-guard";

const origin = "https://app.example.com";
vi.mock("@/lib/env", () => ({ env: () => ({ AUTH_URL: origin }), isDevelopment: () => false }));

const post = (path: string, headers: Record<string, string>, bytes = 2) =>
  refusalOf(new Request(`${origin}${path}`, { method: "POST", body: " ".repeat(bytes), headers }));

test("a machine, which sends no Origin, is let through to a route under /api/, and not to a page", async () => {
  expect(await post("/api/webhooks", { "content-type": "application/json" })).toBeNull();
  for (const path of ["/dashboard", "/install", "/sign-out", "/apis", "/API/webhooks"])
    expect(await post(path, {}), path).toMatchObject({ status: 403 });
});

test("a browser, which says where it comes from, is asked everywhere", async () => {
  for (const path of ["/api/webhooks", "/api/cron/sweep", "/dashboard"])
    for (const other of ["https://evil.example", "null", ""])
      expect(await post(path, { origin: other }), path).toMatchObject({ status: 403 });
  expect(await post("/api/webhooks", { origin })).toBeNull();
});

test("whoever does not say how much they send is measured, a machine as well", async () => {
  expect(await post("/api/webhooks", {}, 1_000_001)).toMatchObject({ status: 413 });
});

test("what a page of ours sends is small, by whatever address NextAuth's routes are asked: as JSON it fills fifty times its size", async () => {
  const action = { origin, "next-action": "x" };
  for (const [path, headers] of [
    ["/dashboard", action],
    ["/dashboard", { origin, "content-type": "application/json" }],
    ["/api/auth/signin/webflow", { origin, "content-type": "application/json" }],
    ["/api/auth/signout", {}],
    ["/api/%61uth/session", { origin }],
  ] as const) {
    expect(await post(path, headers, 24_577), path).toMatchObject({ status: 413 });
    expect(await post(path, { ...headers, "content-length": "24577" }, 2), path).toMatchObject({
      status: 413,
    });
    expect(await post(path, headers, 24_576), path).not.toMatchObject({ status: 413 });
  }
  expect(await post("/api/authors", { origin }, 24_577)).toBeNull();
});

test("a form to a route under /api/ is the route's to read, unless its address is not how anybody writes it", async () => {
  const form = { "content-type": "multipart/form-data; boundary=x" };
  for (const path of ["/api/files", "/api/a%20b/%C3%A9%40%3A", "/api/caf%c3%a9.csv"])
    expect(await post(path, form), path).toBeNull();
  for (const path of [
    "/api/fil%65s",
    "/api/file%73",
    "/api%2Ffiles",
    "/api/a%2ffiles",
    "/api/%46ile",
    "/api/%7Efiles",
  ])
    expect(await post(path, { ...form, origin }), path).toMatchObject({ status: 400 });
});

const look = (path: string, headers: Record<string, string>) =>
  isLookAtPage(new Request(`${origin}${path}`, { headers: { "sec-fetch-site": "same-site", ...headers } }));

test.each<Record<string, string>>([
  { "sec-fetch-dest": "image" },
  { "sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate" },
  { "sec-fetch-dest": "empty", "sec-fetch-site": "cross-site" },
  { "sec-fetch-dest": "document", "sec-purpose": "prefetch;prerender" },
  { "sec-fetch-dest": "document", purpose: "prefetch" },
  { "sec-fetch-dest": "document", "sec-fetch-site": "none", "sec-purpose": "prefetch" },
  { "sec-websocket-version": "13", "sec-fetch-site": "same-origin" },
  { "sec-fetch-dest": "empty", "sec-fetch-site": "none" },
])("another site's page only looks with %j: at a page, not at a file or a route", (headers) => {
  for (const path of [
    "/",
    "/dashboard/activity",
    "/dashboard/disconnect/a.b",
    "/%64ashboard/a.rsc",
    "/nothing/here",
    "/apis",
  ])
    expect(look(path, headers), path).toBe(true);
  for (const path of ["/opengraph-image.png", "/api/auth/session", "/api/webhooks"])
    expect(look(path, headers), path).toBe(false);
});

test.each<Record<string, string>>([
  { "sec-fetch-dest": "document" },
  { "sec-fetch-dest": "document", "sec-fetch-site": "cross-site" },
  { "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin", rsc: "1" },
  { "sec-fetch-dest": "document", "sec-fetch-site": "none" },
  { "sec-fetch-dest": "document", "sec-fetch-site": "same-origin", "sec-purpose": "prefetch" },
  {},
])("whoever comes with %j is answered", (headers) => expect(look("/dashboard", headers)).toBe(false));
