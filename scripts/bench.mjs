// npm run bench: measures the app beside an empty page, a stock NextAuth + Prisma app and no framework, and writes the tables
// of docs/scale.md. `npm run bench -- view` and the like: one part, printed only. Best on a machine that does nothing else.
import "./lib/node-version.mjs";
import { join } from "node:path";
import { cleanEnvironment } from "./lib/clean-environment.mjs";
import { runCommand } from "./lib/command.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { projectRoot as root } from "./lib/paths.mjs";
import { wantsColour } from "./lib/terminal.mjs";

await runCommand(async ({ processes }) => {
  await ensureInstalled(root, processes);
  await ensureGenerated(root, processes);
  const child = processes.start({
    name: "bench",
    command: process.execPath,
    args: ["--import", "tsx", join(root, "tests/bench/main.ts"), ...process.argv.slice(2)],
    cwd: root,
    env: { ...cleanEnvironment(), ...(wantsColour ? { FORCE_COLOR: "1" } : {}) },
    inherit: true,
  });
  return (await child.exited).code ?? 1;
});
