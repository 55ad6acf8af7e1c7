// npm test: everything, on a bare clone too; `npm test unit` and the like: one part. Exits by what it counted.
import "./lib/node-version.mjs";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findBrowser } from "./lib/browser.mjs";
import { cleanEnvironment } from "./lib/clean-environment.mjs";
import { runCommand } from "./lib/command.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { findLeaks } from "./lib/leaks.mjs";
import { projectRoot as root } from "./lib/paths.mjs";
import { findPgbouncer } from "./lib/pgbouncer.mjs";
import { readResult, single, summary, total } from "./lib/reports.mjs";
import { bold, complain, dim, duration, green, Problem, red, say, wantsColour } from "./lib/terminal.mjs";
import { choose, PARTS } from "./lib/test-parts.mjs";
import { assertWritable } from "./lib/writable.mjs";

/** @typedef {import("./lib/reports.mjs").Result} Result */
/** @typedef {import("./lib/test-parts.mjs").PartName} PartName */
/** @typedef {import("./lib/processes.mjs").Processes} Processes */

await runCommand(async ({ processes, interrupted }) => {
  const [wish, ...rest] = process.argv.slice(2);
  // Where chance plays a part (the fault suite's sequences of events), it gets far more tries.
  const long = rest.includes("--long");
  const further = rest.filter((argument) => argument !== "--long");
  const names = choose(wish);
  if (!names)
    throw new Problem(`There is no part "${wish}": choose one of ${Object.keys(PARTS).join(", ")}.`);
  assertWritable(root);
  await ensureInstalled(root, processes);
  const env = { ...cleanEnvironment(), ...(wantsColour ? { FORCE_COLOR: "1" } : {}) };
  await ensureGenerated(root, processes);
  const browser = names.includes("e2e") ? await lookForBrowser(processes) : undefined;
  /** @type {{ path?: string, missing?: string }} */
  const pooler = names.includes("faults") ? await findPgbouncer(root, processes) : {};

  const folder = mkdtempSync(join(tmpdir(), "webflow-app-run-"));
  const removeFolder = processes.removeAtEnd(folder);

  /** @type {Map<PartName, Result>} */
  const results = new Map();
  /** @type {string[]} */
  const table = [];
  for (const name of names) {
    const { title, needs } = PARTS[name];
    say(`\n${bold(`▶ ${title}`)}`);
    const started = performance.now();
    const why =
      (needs && results.get(needs)?.failed && `the ${needs} failed`) || (name === "e2e" && browser?.problem);
    if (why) complain(new Problem(`Not run: ${why}`));
    const partEnv = {
      ...env,
      ...(browser?.path ? { PLAYWRIGHT_CHROMIUM_PATH: browser.path } : {}),
      ...(pooler.path ? { PGBOUNCER_PATH: pooler.path } : {}),
      ...(pooler.missing ? { PGBOUNCER_MISSING: pooler.missing } : {}),
      TESTS_RUN_FOLDER: folder,
      ...(long ? { TESTS_LONG: "1" } : {}),
      ...(process.env.TESTS_SEED ? { TESTS_SEED: process.env.TESTS_SEED } : {}),
    };
    const result = why
      ? single(false, `${title}: not run`)
      : await runPart(name, { processes, env: partEnv, further: name === wish ? further : [], long });
    if (interrupted.aborted) return 130; // what was cut short says nothing
    results.set(name, result);
    table.push(
      `${mark(result)} ${name.padEnd(13)}${summary(result).padEnd(32)}${dim(duration(performance.now() - started))}`,
    );
  }

  const starts = names.flatMap((name) => (results.get(name)?.passed && PARTS[name].starts) || []);
  const leaks = starts.length > 0 ? [findLeaks(folder, further.length === 0 ? starts : [])] : [];
  removeFolder();
  for (const result of leaks) table.push(`${mark(result)} ${"leaks".padEnd(13)}${summary(result)}`);
  const sum = total([...results.values(), ...leaks]);
  say(`\n${table.join("\n")}`);
  for (const title of sum.failures) say(`  ${red("✗")} ${title}`);
  say(`\n${summary(sum)}`);
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
});

/** @param {Result} result */
function mark({ failed }) {
  return failed ? red("✗") : green("✓");
}

/** @param {Processes} processes @returns {Promise<{ path?: string, problem?: string }>} */
async function lookForBrowser(processes) {
  try {
    const path = await findBrowser(root, processes);
    say(`${green("✓")} Browser: ${path}`);
    return { path };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { problem: error.message };
  }
}

/**
 * @param {PartName} name
 * @param {{ processes: Processes, env: Record<string, string>, further: string[], long: boolean }} options
 * @returns {Promise<Result>}
 */
async function runPart(name, { processes, env, further, long }) {
  const { title, commands, report, count } = PARTS[name];
  const minutes = PARTS[name].minutes * (long ? 6 : 1);
  if (report) {
    mkdirSync(dirname(report), { recursive: true });
    rmSync(report, { force: true }); // an old report must not speak for this run
  }
  for (const command of commands) {
    const child = processes.start({
      name: title,
      command: process.execPath,
      args: [...command, ...further],
      cwd: root,
      env: { ...env, ...(name === "e2e" && report ? { PLAYWRIGHT_JSON_OUTPUT_FILE: report } : {}) },
      inherit: true,
    });
    const timer = new AbortController();
    const late = pause(minutes * 60_000, "late", { signal: timer.signal }).catch(() => "in time");
    if ((await Promise.race([child.exited, late])) === "late") {
      complain(new Problem(`${title}: ended after ${minutes} minutes.`));
      await child.stop();
    }
    timer.abort();
    const { code } = await child.exited;
    if (report && count) return readResult(title, { file: report, ok: code === 0, count });
    if (code !== 0) return single(false, title);
  }
  return single(true, title);
}
