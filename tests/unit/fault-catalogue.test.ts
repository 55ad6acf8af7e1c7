import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";

test("every fault of the catalogue has a test that begins with its number", () => {
  const folder = join(projectRoot, "tests/faults");
  const titles = readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .flatMap((name) => [
      ...readFileSync(join(folder, name), "utf8").matchAll(/["'`](\d{1,2})(?:-(\d{1,2}))? /g),
    ]);
  const tested = titles.flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
  );
  const catalogue = Array.from({ length: 55 }, (_, index) => index + 1);
  expect([...new Set(tested)].sort((a, b) => a - b)).toEqual(catalogue);
});
