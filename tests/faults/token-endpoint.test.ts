import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import type { FaultAnywhere } from "../emulator/client";
import { callsOf, consent, expectWords } from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
/** Webflow's deadline is ten seconds; a person is told within eleven. */
const patienceMs = 11_000;

/** Opens a callback whose code exchange meets this fault; answers how long the person waited, in milliseconds. */
async function exchangeMeets(fault: FaultAnywhere, error = "webflow_unavailable"): Promise<number> {
  const browser = world().browser();
  const callback = await consent(world(), browser);
  await world().emulator.control.addFault({ endpoint: "token", ...fault });
  const startedAt = performance.now();
  expectWords(await browser.open(callback), error);
  const took = performance.now() - startedAt;
  expect(took).toBeLessThan(patienceMs);
  expect((await browser.open("/dashboard")).url.pathname).toBe("/sign-in");
  return took;
}

async function expectNothingMade(exchanges = 1): Promise<void> {
  // The secret went out once, with the one exchange.
  expect(await callsOf(world(), "token")).toHaveLength(exchanges);
  for (const table of ["User", "Grant", "Session"] as const)
    expect(await world().database.count(table)).toBe(0);
}

describe("a code exchange that fails makes no account, is not repeated, and a person is told in words:", () => {
  test.each<[string, FaultAnywhere]>([
    ["1 half JSON", { kind: "half_json" }],
    ["1 half a message", { kind: "cut" }],
    ["2 an HTML 502 of 1 MB", { kind: "html", status: 502, bytes: 1024 * 1024 }],
    ["2 a 200 in HTML", { kind: "html", status: 200 }],
    ["5 a reset", { kind: "reset" }],
    ["5 a reset after the token was issued", { kind: "reset", work: "done" }],
    ["8 wrong types", { kind: "wrong_types" }],
    ["8 a list", { kind: "json", body: [{ access_token: "a", token_type: "bearer" }] }],
    ["8 a token with a line break", { kind: "json", body: { access_token: "a\nb", token_type: "bearer" } }],
    [
      "8 a token of 3,000 characters",
      { kind: "json", body: { access_token: "a".repeat(3_000), token_type: "bearer" } },
    ],
    ["8 no bearer", { kind: "json", body: { access_token: "abc", token_type: "mac" } }],
    [
      "9 a 200 with an unknown error",
      { kind: "json", body: { error: "<b>odd</b>", access_token: "abc", token_type: "bearer" } },
    ],
  ])("%s", async (_, fault) => {
    await exchangeMeets(fault);
    await expectNothingMade();
  });

  test("9 a 200 with an error of Webflow's page", async () => {
    await exchangeMeets(
      { kind: "json", body: { error: "invalid_grant", access_token: "abc" } },
      "invalid_grant",
    );
    await expectNothingMade();
  });

  test("10 invalid_client", async () => {
    await exchangeMeets({ kind: "json", status: 401, body: { error: "invalid_client" } }, "invalid_client");
    await expectNothingMade();
  });

  test("3-4 a hang, and one byte a second, end after ten seconds", async () => {
    const waited = await Promise.all([
      exchangeMeets({ kind: "hang" }),
      exchangeMeets({ kind: "drip", intervalMs: 1_000 }),
    ]);
    for (const milliseconds of waited) expect(milliseconds).toBeGreaterThan(9_000);
    await expectNothingMade(2);
  });
});

test("6 200 MB and a gzip bomb are cut off, and memory stays flat", async () => {
  const rss = () =>
    Number(execFileSync("ps", ["-o", "rss=", "-p", `${world().instance.pid}`], { encoding: "utf8" })) / 1024;
  const before = rss();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, rss());
  }, 100);
  try {
    await exchangeMeets({ kind: "huge" });
    await exchangeMeets({ kind: "gzip_bomb" });
  } finally {
    clearInterval(watch);
  }
  expect(Math.max(most, rss()) - before).toBeLessThan(100);
  await expectNothingMade(2);
});

test("7 a redirect to another host is not followed: the secret stays between us and Webflow", async () => {
  let asked = 0;
  const elsewhere = createServer((_, answer) => {
    asked += 1;
    answer.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  try {
    const address = elsewhere.address();
    if (address === null || typeof address === "string") throw new Error("It listens on no port.");
    for (const status of [302, 307, 308])
      await exchangeMeets({
        kind: "redirect",
        status,
        location: `http://127.0.0.1:${address.port}/oauth/access_token`,
      });
    expect(asked).toBe(0);
    await expectNothingMade(3);
  } finally {
    await new Promise((resolve) => elsewhere.close(resolve));
  }
});
