import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  countPlaywright,
  countVitest,
  readResult,
  single,
  summary,
  total,
} from "../../../scripts/lib/reports.mjs";
import { choose } from "../../../scripts/lib/test-parts.mjs";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reports-"));
  file = join(folder, "report.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const vitest = (change: object = {}) =>
  JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [], ...change });
const playwright = (change: object = {}) =>
  JSON.stringify({
    stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0 },
    errors: [],
    suites: [],
    ...change,
  });

describe("counting", () => {
  test("a failed test counts once, with its name", () => {
    const testResults = [
      {
        name: "a.test.ts",
        status: "failed",
        assertionResults: [{ status: "failed", fullName: "keeps its promise" }],
      },
    ];
    expect(countVitest(vitest({ numFailedTests: 1, testResults }))).toEqual({
      passed: 3,
      failed: 1,
      skipped: 0,
      failures: ["keeps its promise"],
    });
  });

  test("a file that cannot be loaded counts as a failure", () => {
    const testResults = [{ name: "a.test.ts", status: "failed", assertionResults: [] }];
    expect(countVitest(vitest({ testResults })).failed).toBe(1);
  });

  test("skipped and todo tests count as skipped, not as passed", () => {
    expect(countVitest(vitest({ numPendingTests: 2, numTodoTests: 1 }))).toMatchObject({
      passed: 3,
      skipped: 3,
    });
  });

  test("a browser test that passes only when repeated, and an error outside of tests, count as failed", () => {
    const stats = { expected: 2, unexpected: 1, flaky: 1, skipped: 1 };
    const suites = [{ title: "a.spec.ts", specs: [{ title: "connects", ok: false }], suites: [] }];
    expect(
      countPlaywright(playwright({ stats, suites, errors: [{ message: "set-up broke\nat x" }] })),
    ).toEqual({
      passed: 2,
      failed: 3,
      skipped: 1,
      failures: ["a.spec.ts › connects", "set-up broke"],
    });
  });

  test("a part that broke off before its report counts as failed", () => {
    expect(readResult("Unit", { file, ok: true, count: countVitest })).toMatchObject({
      passed: 0,
      failed: 1,
    });
    writeFileSync(file, "{");
    expect(readResult("Unit", { file, ok: true, count: countVitest })).toMatchObject({
      passed: 0,
      failed: 1,
    });
  });

  test("a part that exits with an error though no test failed counts as failed", () => {
    writeFileSync(file, vitest());
    expect(readResult("Unit", { file, ok: false, count: countVitest })).toMatchObject({
      passed: 3,
      failed: 1,
    });
  });

  test("a part in which nothing ran counts as failed", () => {
    writeFileSync(file, vitest({ numPassedTests: 0 }));
    expect(readResult("Unit", { file, ok: true, count: countVitest })).toMatchObject({
      passed: 0,
      failed: 1,
    });
  });

  test("the last line is the sum of all parts, and names skipped tests only if there are some", () => {
    const results = [single(true, "Lint"), single(false, "Types"), countVitest(vitest())];
    expect(summary(total(results))).toBe("4 passed, 1 failed");
    expect(summary(total([...results, countVitest(vitest({ numPendingTests: 2 }))]))).toBe(
      "7 passed, 1 failed, 2 skipped",
    );
  });
});

test("tests against the production build bring it when they run alone", () => {
  expect(choose("e2e")).toEqual(["build", "e2e"]);
  expect(choose("faults")).toEqual(["build", "faults"]);
  expect(choose("unit")).toEqual(["unit"]);
  expect(choose(undefined)).toEqual([
    "lint",
    "types",
    "unit",
    "integration",
    "build",
    "security",
    "faults",
    "e2e",
  ]);
  expect(choose("everything")).toBeUndefined();
});
