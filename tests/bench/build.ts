import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import type { Processes } from "../../scripts/lib/processes.mjs";
import { Problem, step } from "../../scripts/lib/terminal.mjs";
import { type Folder, folders, nextCommand } from "./servers";

/** Builds each for production, all with the same Next. */
export async function build(processes: Processes, wanted: readonly Folder[]): Promise<void> {
  if (wanted.includes("app")) copyApp();
  if (wanted.includes("stock"))
    await step("Generating the stock app's database client", () =>
      run(processes, projectRoot, [
        "node_modules/prisma/build/index.js",
        "generate",
        "--schema",
        "tests/bench/stock/schema.prisma",
      ]),
    );
  for (const folder of wanted)
    await step(`Building ${folder}`, () => run(processes, folders[folder], [nextCommand, "build"]));
}

/**
 * The app with one page more, an empty one at /empty: what a page of this very build costs before it says anything, in the same
 * layout, behind the same proxy, in the same process.
 */
function copyApp(): void {
  const { app, empty } = folders;
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  const kept = [
    "app",
    "components",
    "lib",
    "public",
    "instrumentation.ts",
    "instrumentation-client.ts",
    "proxy.ts",
  ];
  for (const name of [...kept, "tsconfig.json", "package.json", "postcss.config.mjs"])
    cpSync(join(projectRoot, name), join(app, name), { recursive: true, filter: isShipped });
  cpSync(join(empty, "next.config.mjs"), join(app, "next.config.mjs"));
  cpSync(join(empty, "app/page.tsx"), join(app, "app/empty/page.tsx"));
}

/** A feature's tests lie beside it, and need the project's own helpers. */
function isShipped(path: string): boolean {
  return !/\.(spec|test)\.ts$/.test(path);
}

async function run(processes: Processes, cwd: string, args: string[]): Promise<void> {
  const { code, output } = await processes.run({
    name: args.join(" "),
    command: process.execPath,
    args,
    cwd,
    // Prisma's command downloads an engine unless it is told of a file; to generate it needs none.
    env: { ...cleanEnvironment(), PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  });
  if (code !== 0) throw new Problem(`It fails:\n${output}`);
}
