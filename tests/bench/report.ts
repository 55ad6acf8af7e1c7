import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/lib/paths.mjs";

/** One line of the table: what was measured, ours, what it is compared with, and what was wished. */
export interface Row {
  what: string;
  /** With its unit. */
  app: string;
  comparedWith: string;
  /** Ours divided by what it is compared with; null where the figure stands for itself. */
  ratio: number | null;
  /** The largest ratio that was wished, or the largest figure. */
  goal: number | null;
}

const begin = "<!-- bench:begin (npm run bench writes this) -->";
const end = "<!-- bench:end -->";

/** As a table of Markdown. A goal that is missed is marked: what is slower is shown too. */
export function toTable(rows: readonly Row[]): string {
  const lines = rows.map(({ what, app, comparedWith, ratio, goal }) => {
    const missed = ratio !== null && goal !== null && ratio > goal;
    return `| ${what} | ${app} | ${comparedWith} | ${ratio === null ? "" : ratio.toFixed(2)} | ${
      goal === null ? "" : `≤ ${Number(goal.toFixed(2))}${missed ? " (missed)" : ""}`
    } |`;
  });
  return [
    "| what | this app | compared with | ratio | goal |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

/** The text with the table between its markers; null when it has none. */
export function writeBetweenMarkers(text: string, table: string): string | null {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  return from < 0 || to < from ? null : `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}

/**
 * Writes every row to docs/scale.md, those with a goal to the README, and all figures as JSON to test-results/bench.json.
 */
export function writeReport(rows: readonly Row[], details: object): void {
  const tables = {
    "README.md": toTable(rows.filter(({ goal }) => goal !== null)),
    "docs/scale.md": toTable(rows),
  };
  for (const [page, table] of Object.entries(tables)) {
    const file = join(projectRoot, page);
    const text = writeBetweenMarkers(readFileSync(file, "utf8"), table);
    if (text === null) throw new Error(`${page} lacks the markers of the benchmark`);
    writeFileSync(file, text);
  }
  mkdirSync(join(projectRoot, "test-results"), { recursive: true });
  writeFileSync(
    join(projectRoot, "test-results/bench.json"),
    `${JSON.stringify({ rows, details }, null, 2)}\n`,
  );
}
