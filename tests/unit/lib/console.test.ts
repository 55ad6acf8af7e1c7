import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { takeOverConsole } from "@/lib/console";
import { until } from "../../support/until";

vi.mock("@/lib/env", () => ({ knownSecrets: () => [] }));

const methods = ["debug", "log", "info", "warn", "error"] as const;
const original = { ...console };
const warned = process.listeners("warning");
const streams = [process.stdout, process.stderr];
let written: string[];

beforeEach(() => {
  written = [];
  for (const stream of streams)
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(`${text}`) > 0);
  takeOverConsole();
});
afterEach(() => {
  for (const method of methods) console[method] = original[method];
  process.removeAllListeners("warning");
  for (const listener of warned) process.on("warning", listener);
  for (const stream of streams) stream.removeAllListeners("error");
  vi.restoreAllMocks();
});

/** The one line that this made of what was said. */
async function lineOf(say: () => void): Promise<Record<string, unknown>> {
  say();
  const [line = ""] = await until(() => written.length > 0 && written, "a line");
  expect(written).toHaveLength(1);
  return JSON.parse(line);
}

test("H2 of what a library says, neither an address nor what stands in quotes reaches the log", async () => {
  const message = (text: string) => lineOf(() => console.warn(text)).then((line) => line.message);
  expect(
    await message("Request body exceeded 10MB for /sign-in?canary=1. Only the first 10MB will be available."),
  ).toBe("Request body exceeded 10MB for … Only the first 10MB will be available.");
});

test.each([
  ["a header", "`x-forwarded-host` header with value `canary` canary` does not match `origin`. Aborting."],
  ["JSON", `Unexpected token in "{"canary": "canary"}" at once`],
  ["a name", "Cannot read 'canary's canary' here, it's gone"],
  ["a URL", "Failed to handle request for https://canary.example/x?canary=canary#canary now"],
  ["a long value", `Received "${"canary ".repeat(300)}". Received "canary"`],
  ["the last of many values", `${'Received "x". '.repeat(140)}Received "canary`.padEnd(2_100, "x")],
  ["a no-break space", "for /x?canary\u00a0canary\u2003canary done"],
])("H2 %s that a library quotes is cut out of its words", async (_, said) => {
  const line = await lineOf(() => console.error(said));
  expect(line.event).toBe("console");
  expect(line.message).toMatch(/…/);
  expect(JSON.stringify(line)).not.toContain("canary");
});

test("H2 a warning of Node is one line as well, without what it quotes", async () => {
  const line = await lineOf(() =>
    process.emitWarning(
      "SECURITY WARNING: the mode 'canary'\n- In the next release\n- See https://canary.example",
    ),
  );
  expect(line).toMatchObject({
    level: "warn",
    event: "console",
    message: expect.stringMatching(/^SECURITY WARNING: the mode …/),
  });
  expect(JSON.stringify(line)).not.toContain("canary");
});

test("H2 of an error the log has class and place, even when its message looks like a place", async () => {
  const error = new TypeError("odd\n    at canary (canary.js:1:1)\n    at canary");
  const line = await lineOf(() => console.error("canary", error));
  expect(line).toMatchObject({
    level: "error",
    error: "TypeError",
    at: expect.stringContaining("console.test"),
  });
  expect(JSON.stringify(line)).not.toContain("canary");
});

test("H2 a browser that went away in the middle of a request is no error of ours", async () => {
  const aborted = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  expect(await lineOf(() => console.error(aborted))).toMatchObject({
    level: "info",
    event: "request_aborted",
  });
});

test("H2 what nobody takes any more is lost: told to the log it would fail again, without end", () => {
  const gone = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  for (const stream of streams) expect(() => stream.emit("error", gone)).not.toThrow();
  expect(written).toEqual([]);
});
