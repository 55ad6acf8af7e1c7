import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import type { Processes } from "../../scripts/lib/processes.mjs";
import { Problem, step } from "../../scripts/lib/terminal.mjs";
import { type Folder, folders, nextCommand } from "./servers";

/** Builds the app, the empty pages and the stock app for production, all with the same Next. */
export async function buildAll(processes: Processes): Promise<void> {
  await step("Generating the stock app's database client", () =>
    run(processes, "app", [
      "node_modules/prisma/build/index.js",
      "generate",
      "--schema",
      "tests/bench/stock/schema.prisma",
    ]),
  );
  for (const folder of ["app", "empty", "stock"] as const) {
    await step(`Building ${folder}`, () => run(processes, folder, [nextCommand, "build"]));
  }
}

async function run(processes: Processes, folder: Folder, args: string[]): Promise<void> {
  const { code, output } = await processes.run({
    name: args.join(" "),
    command: process.execPath,
    args,
    cwd: folder === "app" ? projectRoot : folders[folder],
    // Prisma's command downloads an engine unless it is told of a file; to generate it needs none.
    env: { ...cleanEnvironment(), PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  });
  if (code !== 0) throw new Problem(`It fails:\n${output}`);
}
