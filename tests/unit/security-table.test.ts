import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";

/** A1 to H8 without F3 to F12, which are the life of a Grant. */
const promised = Object.entries({ A: 4, B: 7, C: 7, D: 7, E: 7, F: 2, G: 4, H: 8 }).flatMap(
  ([letter, last]) => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`),
);

/** Which files the table names for each promise. */
const table = new Map(
  [
    ...readFileSync(join(projectRoot, "SECURITY.md"), "utf8").matchAll(
      /^\| ([A-H]\d) \| .* \| (tests\/[^|]*) \|$/gm,
    ),
  ].map(([, id = "", files = ""]) => [id, files.trim().split(", ")]),
);

/** Which files have a test whose title begins with a promise's number. */
function filesOf(id: string): string[] {
  return readdirSync(join(projectRoot, "tests"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(test|spec)\.ts$/.test(path))
    .map((path) => `tests/${path.replaceAll("\\", "/")}`)
    .filter((path) => new RegExp(`["'\`]${id} \\S`).test(readFileSync(join(projectRoot, path), "utf8")))
    .sort();
}

test("SECURITY.md has a row for every promise, and no other", () => {
  expect([...table.keys()]).toEqual(promised);
});

test.each(promised)("the test of %s is where SECURITY.md says, and nowhere else", (id) => {
  expect(filesOf(id)).toEqual([...(table.get(id) ?? [])].sort());
});
