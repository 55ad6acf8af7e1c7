import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLeaks, keep } from "../../../scripts/lib/leaks.mjs";
import { projectRoot } from "../../../scripts/lib/paths.mjs";
import { secretsOf } from "../../support/run-record";

const token = randomBytes(32);
const secret = token.toString("hex");
const key = randomBytes(32).toString("base64");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leaks-"));
  keep(folder, "secrets", [secret, key, "short"]);
});
afterEach(() => rmSync(folder, { recursive: true }));

const found = (...output: string[]) => {
  keep(folder, "output", output);
  return findLeaks(folder, ["app"]);
};

describe("the search for secrets in the output of a run", () => {
  test.each([
    ["as it is", secret],
    ["in capitals", secret.toUpperCase()],
    ["inside something longer", `/dashboard?x=${secret}0`],
    ["in Base64", token.toString("base64")],
    ["in base64url", token.toString("base64url")],
    ["as hex of its text", Buffer.from(secret).toString("hex")],
    ["as Base64 of its text", Buffer.from(`{"token":"`.padEnd(12) + secret).toString("base64")],
    ["a key", key],
    ["a key in a URL", encodeURIComponent(key)],
    ["a key in JSON that escapes slashes", key.replaceAll("/", "\\/")],
    ["the bytes of a key as hex", Buffer.from(key, "base64").toString("hex")],
    [
      "as a password by which somebody signs in",
      Buffer.from(`client-of-the-tests:${secret}`).toString("base64"),
    ],
    ["behind one sign more", Buffer.from(`of-the-tests:${secret}`).toString("base64")],
    ["cut off", secret.slice(0, 40)],
    ["a session token, known to nobody", `A1${randomBytes(32).toString("base64url").slice(2)}`],
  ])("D1 finds one %s, and says where without it", (_, form) => {
    const result = found('app {"event":"started"}', `app {"event":"odd","message":"${form}"}`);
    expect(result).toMatchObject({ passed: 0, failed: 1, failures: ["A secret in the output of app: odd"] });
  });

  test("D1 finds nothing where nothing is", () => {
    const line = `app {"event":"connected","grantId":"${randomUUID()}","fingerprint":"${secret.slice(0, 32)}","code":"short"}`;
    expect(found(line, "app ✓ Ready in 98ms")).toEqual({ passed: 1, failed: 0, skipped: 0, failures: [] });
  });

  test("D1 fails when there was nothing to look through, or to look for", () => {
    expect(found("emulator Local Webflow: http://localhost:1")).toMatchObject({ passed: 0, failed: 1 });
    rmSync(join(folder, `secrets-${process.pid}`));
    expect(found("app ✓ Ready")).toMatchObject({ passed: 0, failed: 1 });
  });

  test("D1 knows every secret of an app's configuration", () => {
    const environment = {
      DATABASE_URL: "postgresql://app:pass%2Fword@localhost/app",
      AUTH_URL: "http://localhost:3000",
      AUTH_SECRET: "a",
      PREVIEW_AUTH_SECRET: "b",
      CRON_SECRET: "",
      WEBFLOW_CLIENT_ID: "client",
      WEBFLOW_CLIENT_SECRET: "c",
      TOKEN_KEYS: "k2:d,k1:e",
    };
    expect(secretsOf(environment).toSorted()).toEqual(["a", "b", "c", "d", "e", "pass/word"]);
  });

  test("D1 misses no app and no local Webflow: each is started where its output is kept", () => {
    const starters = readdirSync(join(projectRoot, "tests"), { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      // Measured by hand, and no part of `npm test`.
      .filter(
        (path) => path.endsWith(".ts") && !path.startsWith("bench/") && path !== "unit/scripts/leaks.test.ts",
      )
      .filter((path) =>
        /next\/dist\/bin\/next|scripts\/lib\/emulator\.mjs/.test(
          readFileSync(join(projectRoot, "tests", path), "utf8"),
        ),
      );
    expect(starters.toSorted()).toEqual(["support/app.ts", "support/emulator.ts"]);
  });
});
