// npm run screenshots: pictures of every page and state, light and dark, wide and narrow, in .local/screenshots; and the
// README's, public/dashboard.png.
import "./lib/node-version.mjs";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { findBrowser } from "./lib/browser.mjs";
import { describeExit } from "./lib/child.mjs";
import { cleanEnvironment } from "./lib/clean-environment.mjs";
import { runCommand } from "./lib/command.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { localDirectory, projectRoot as root } from "./lib/paths.mjs";
import { green, Problem, say } from "./lib/terminal.mjs";

await runCommand(async ({ processes, interrupted }) => {
  await ensureInstalled(root, processes);
  await ensureGenerated(root, processes);
  const env = { ...cleanEnvironment(), PLAYWRIGHT_CHROMIUM_PATH: await findBrowser(root, processes) };
  const folder = join(localDirectory(), "screenshots");
  rmSync(folder, { recursive: true, force: true }); // an old picture must not pass for a new one
  const config = join(root, "tests/screenshots/playwright.config.ts");
  for (const command of [
    ["next/dist/bin/next", "build"],
    ["@playwright/test/cli.js", "test", "--config", config, ...process.argv.slice(2)],
  ]) {
    const [script = "", ...args] = command;
    const { exited } = processes.start({
      name: script,
      command: process.execPath,
      args: [join(root, "node_modules", script), ...args],
      cwd: root,
      env,
      inherit: true,
    });
    const exit = await exited;
    if (interrupted.aborted) return 130;
    if (exit.code !== 0) throw new Problem(`${script} ${describeExit(exit)}: no pictures.`);
  }
  say(`${green("✓")} Pictures: ${folder}`);
  return 0;
});
