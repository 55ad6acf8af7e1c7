import { join } from "node:path";
import { projectRoot } from "./paths.mjs";
import { countPlaywright, countVitest } from "./reports.mjs";

/**
 * @typedef {"lint" | "types" | "unit" | "integration" | "build" | "security" | "faults" | "e2e"} PartName
 *
 * @typedef {object} Part
 * @property {string} title
 * @property {string[][]} commands scripts for Node.js, one after the other
 * @property {number} minutes after which it counts as hanging
 * @property {string} [report] where its reporter writes JSON
 * @property {(json: string) => import("./reports.mjs").Result} [count] reads that report
 * @property {("app" | "emulator")[]} [starts] whose output is looked through for secrets at the end
 * @property {PartName} [needs] a part without which it makes no sense
 */

const modules = join(projectRoot, "node_modules");
const next = join(modules, "next/dist/bin/next");
const vitest = join(modules, "vitest/vitest.mjs");

/** @param {string} name */
const reportFile = (name) => join(projectRoot, "test-results", `${name}.json`);

/** @param {string} project @param {string} title @param {number} minutes @returns {Part} */
const vitestPart = (project, title, minutes) => ({
  title,
  commands: [
    [
      vitest,
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${reportFile(project)}`,
    ],
  ],
  minutes,
  report: reportFile(project),
  count: countVitest,
});

/** All parts, in the order in which they run. @type {Record<PartName, Part>} */
export const PARTS = {
  lint: { title: "Lint", commands: [[join(modules, "@biomejs/biome/bin/biome"), "check", "."]], minutes: 5 },
  types: {
    title: "Types",
    commands: [
      [next, "typegen"],
      [join(modules, "typescript/bin/tsc"), "--noEmit"],
    ],
    minutes: 5,
  },
  unit: vitestPart("unit", "Unit tests", 5),
  integration: { ...vitestPart("integration", "Integration tests on PostgreSQL", 10), starts: ["emulator"] },
  build: { title: "Production build", commands: [[next, "build"]], minutes: 10 },
  security: {
    ...vitestPart("security", "Security tests against the production build", 10),
    starts: ["app", "emulator"],
    needs: "build",
  },
  faults: {
    ...vitestPart("faults", "Fault tests against the production build", 10),
    starts: ["app", "emulator"],
    needs: "build",
  },
  e2e: {
    title: "Browser tests against the production build and the local Webflow",
    commands: [[join(modules, "@playwright/test/cli.js"), "test", "--reporter=list,json"]],
    minutes: 15,
    report: reportFile("e2e"),
    count: countPlaywright,
    starts: ["app", "emulator"],
    needs: "build",
  },
};

/**
 * @param {string | undefined} wish the argument of `npm test`
 * @returns {PartName[] | undefined} undefined when there is no such part
 */
export function choose(wish) {
  const all = /** @type {PartName[]} */ (Object.keys(PARTS));
  if (wish === undefined) return all;
  const part = all.find((name) => name === wish);
  if (part === undefined) return undefined;
  const { needs } = PARTS[part];
  return needs ? [needs, part] : [part];
}
