import { afterEach, expect, test, vi } from "vitest";
import { log, scrub } from "@/lib/log";
import { until } from "../../support/until";

vi.mock("@/lib/env", () => ({ knownSecrets: () => ["a secret of ours"] }));

afterEach(() => {
  vi.restoreAllMocks();
});

test("H2 a field that is not on the list is not written, whoever passes it on", async () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(`${text}`) > 0);
  const fields = {
    code: "timeout",
    token: "canary",
    error_description: "canary",
    __proto__: { at: "there" },
  };
  log.info("something", fields);
  const [line = ""] = await until(() => written.length > 0 && written, "a line");
  expect(JSON.parse(line)).toEqual({
    time: expect.any(String),
    level: "info",
    event: "something",
    code: "timeout",
    at: "there",
  });
});

test.each(["code", "state", "token", "secret", "password", "access_token", "client_secret"])(
  "H2 what a query calls %s is cut out of a text, however short",
  (name) => {
    const written = scrub(`GET /callback?${name}=short-1&other=kept (${name.toUpperCase()}=short-2)`);
    expect(written).not.toMatch(/short-/);
    expect(written).toContain("other=kept");
  },
);

test.each([
  ["a secret of ours", "secret"],
  ["eyJhbGciOi.payload.signature", "payload"],
  [`token-${"0a1b2c3d".repeat(6)}`, "0a1b"],
  ["//user:hunter2@host", "hunter"],
])("H2 %s is cut out of a long text, wherever that is cut", async (secret, part) => {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(`${text}`) > 0);
  const lines = 200;
  for (let before = 1_900; before < 1_900 + lines; before++)
    log.warn("console", { message: `${"0".repeat(before)} ${secret} ${"1".repeat(before)}` });
  await until(() => written.length === lines, "the lines");
  for (const line of written) expect(line).not.toContain(part);
});

test("H2 of a long text its beginning is written", () => {
  expect(scrub("word ".repeat(1_000))).toBe("word ".repeat(100));
});
