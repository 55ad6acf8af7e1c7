// npm run emulator -- --port 4100: the local Webflow alone, for the client of WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET
// and AUTH_URL (from the environment, .env.local or .env; else the ones that `npm run dev` uses).
import "./lib/node-version.mjs";
import { join } from "node:path";
import { describeExit } from "./lib/child.mjs";
import { runCommand } from "./lib/command.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { localSecrets, readConfiguration } from "./lib/local-env.mjs";
import { projectRoot } from "./lib/paths.mjs";
import { Problem } from "./lib/terminal.mjs";

await runCommand(
  async ({ processes, interrupted }) => {
    await ensureInstalled(projectRoot, processes);
    const local = { AUTH_URL: "http://localhost:3000", ...localSecrets(projectRoot) };
    const child = processes.start({
      name: "local Webflow",
      command: process.execPath,
      args: ["--import", "tsx", join(projectRoot, "tests/emulator/main.ts"), ...process.argv.slice(2)],
      cwd: projectRoot,
      env: { ...process.env, ...withoutUnset(local, readConfiguration(projectRoot, process.env)) },
      inherit: true,
    });
    const exit = await child.exited;
    if (exit.code !== 0 && !interrupted.aborted)
      throw new Problem(`The local Webflow ${describeExit(exit)}.`);
    return 0;
  },
  { interruptCode: 0 },
);

/**
 * @param {Record<string, string>} local
 * @param {Record<string, string>} configuration wins
 */
function withoutUnset(local, configuration) {
  const { WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET, AUTH_URL } = { ...local, ...configuration };
  return { WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET, AUTH_URL };
}
