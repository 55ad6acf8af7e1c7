import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectRoot } from "../../../scripts/lib/paths.mjs";
import { renameApp } from "../../../scripts/lib/rename.mjs";

const files = ["README.md", "lib/site.ts", "package-lock.json", "package.json"];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rename-"));
  mkdirSync(join(folder, "lib"));
  for (const file of files) cpSync(join(projectRoot, file), join(folder, file));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (file: string) => readFileSync(join(folder, file), "utf8");

/** The lines that differ from what they were. */
function changedLines(file: string, before: ReadonlyMap<string, string>): string[] {
  const lines = before.get(file)?.split("\n") ?? [];
  return read(file)
    .split("\n")
    .filter((line, index) => line !== lines[index]);
}
const readAll = () => new Map(files.map((file) => [file, read(file)]));

test("an app gets its name in five lines, and can get another one", () => {
  // Whatever this clone is called by now.
  renameApp(folder, "Something else");
  const before = readAll();
  expect(renameApp(folder, "Night Shelf").sort()).toEqual(files);
  expect(changedLines("lib/site.ts", before)).toEqual(['  name: "Night Shelf",']);
  expect(changedLines("package.json", before)).toEqual(['  "name": "night-shelf",']);
  expect(changedLines("package-lock.json", before)).toEqual([
    '  "name": "night-shelf",',
    '      "name": "night-shelf",',
  ]);
  expect(changedLines("README.md", before)).toEqual(["# Night Shelf"]);
  expect(renameApp(folder, "Night Shelf")).toEqual([]);
  renameApp(folder, "L’été & “Co”");
  expect(read("lib/site.ts")).toContain('name: "L’été & “Co”"');
  expect(JSON.parse(read("package.json")).name).toBe("l-ete-co");
});

test.each(["", "   ", "a\nb", "x".repeat(61), "***", "`rm`"])(
  "%o is no name, and nothing is changed",
  (name) => {
    const before = readAll();
    expect(() => renameApp(folder, name)).toThrow("A name has");
    expect(readAll()).toEqual(before);
  },
);
