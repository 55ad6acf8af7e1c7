import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localSecrets } from "../../../scripts/lib/local-env.mjs";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
  file = join(folder, ".local/secrets.env");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("local secrets", () => {
  test("are made once and stay the same: a new TOKEN_KEYS would lose every stored token", () => {
    const first = localSecrets(folder);
    expect(first.TOKEN_KEYS).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(first.TOKEN_KEYS?.slice(3) ?? "", "base64")).toHaveLength(32);
    expect(localSecrets(folder)).toEqual(first);
  });

  test("are for this account only, also when somebody opened the file up", () => {
    localSecrets(folder);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    localSecrets(folder);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("that are missing are added, and the others, unknown ones too, are not touched", () => {
    const { TOKEN_KEYS = "" } = localSecrets(folder);
    writeFileSync(file, `TOKEN_KEYS="${TOKEN_KEYS}"\nMINE="kept"\n`, { mode: 0o600 });
    const completed = localSecrets(folder);
    expect(completed).toMatchObject({ TOKEN_KEYS, MINE: "kept" });
    expect(completed.AUTH_SECRET).toBeTruthy();
    expect(readFileSync(file, "utf8")).toContain(TOKEN_KEYS);
  });

  test("differ between two checkouts", () => {
    const other = mkdtempSync(join(tmpdir(), "secrets-"));
    expect(localSecrets(other).AUTH_SECRET).not.toBe(localSecrets(folder).AUTH_SECRET);
    rmSync(other, { recursive: true });
  });
});
