import { readFileSync } from "node:fs";

/**
 * @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Result failures: their titles
 *
 * @typedef {object} VitestReport what we read of `--reporter=json`
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} [numTodoTests]
 * @property {{ name: string, status: string, message?: string,
 *   assertionResults: { status: string, fullName: string }[] }[]} testResults
 *
 * @typedef {object} PlaywrightReport what we read of `--reporter=json`
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 * @property {{ message?: string }[]} errors
 * @property {PlaywrightSuite[]} suites
 * @typedef {{ title: string, specs?: { title: string, ok: boolean }[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 */

/** @param {boolean} ok @param {string} title @returns {Result} */
export const single = (ok, title) => ({
  passed: ok ? 1 : 0,
  failed: ok ? 0 : 1,
  skipped: 0,
  failures: ok ? [] : [title],
});

/**
 * @param {string} json of Vitest's reporter
 * @returns {Result} a file that could not even be loaded counts as one failure
 */
export function countVitest(json) {
  /** @type {VitestReport} */
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests = 0, testResults } = JSON.parse(json);
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
    failures: [...failed, ...broken.map(({ name }) => `${name} (did not run through)`)],
  };
}

/**
 * @param {string} json of Playwright's reporter
 * @returns {Result} a test that passed only when repeated counts as failed
 */
export function countPlaywright(json) {
  /** @type {PlaywrightReport} */
  const { stats, errors, suites } = JSON.parse(json);
  /** @param {PlaywrightSuite} suite @param {string[]} path @returns {string[]} */
  const titles = ({ title, specs = [], suites: inner = [] }, path) => [
    ...specs.filter(({ ok }) => !ok).map((spec) => [...path, title, spec.title].join(" › ")),
    ...inner.flatMap((suite) => titles(suite, [...path, title])),
  ];
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    failures: [
      ...suites.flatMap((suite) => titles(suite, [])),
      ...errors.map(({ message = "error" }) => firstLine(message)),
    ],
  };
}

/** @param {string} text @returns {string} */
const firstLine = (text) => text.split("\n")[0] ?? "";

/**
 * What a part of the tests came to: its report, unless the report is missing or says less than the exit code.
 * @param {string} part
 * @param {{ file: string, ok: boolean, count: (json: string) => Result }} run
 * @returns {Result} a part that broke off, or in which nothing ran, counts as one failure
 */
export function readResult(part, { file, ok, count }) {
  /** @type {Result} */
  let result;
  try {
    result = count(readFileSync(file, "utf8"));
  } catch {
    return single(false, `${part}: broke off before it could report`);
  }
  if (!ok && result.failed === 0) {
    return { ...result, failed: 1, failures: [`${part}: failed outside of its tests`] };
  }
  if (result.passed + result.failed === 0)
    return { ...result, failed: 1, failures: [`${part}: nothing ran`] };
  return result;
}

/** @param {Result[]} results @returns {Result} */
export function total(results) {
  /** @type {Result} */
  const sum = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const { passed, failed, skipped, failures } of results) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
    sum.failures.push(...failures);
  }
  return sum;
}

/** @param {Result} result @returns {string} the last line of `npm test` */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
