// npm run db:seed: fills the database of `npm run dev` with people, connections in every state and history, for looking at
// pages. `npm run dev` must be running, with the local Webflow: live connections get tokens from it.
import "./lib/node-version.mjs";
import { join } from "node:path";
import { cleanEnvironment } from "./lib/clean-environment.mjs";
import { runCommand } from "./lib/command.mjs";
import { describeDatabase } from "./lib/database.mjs";
import { readSetup } from "./lib/doctor/setup.mjs";
import { lockHolder } from "./lib/lock.mjs";
import { projectRoot as root } from "./lib/paths.mjs";
import { Problem, say, step } from "./lib/terminal.mjs";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

await runCommand(async ({ processes }) => {
  const setup = readSetup(root, process.env, false);
  const { DATABASE_URL: url = "" } = setup.environment;
  // Where the address names no host, or a parameter names another, the driver goes elsewhere.
  const { hostname, searchParams } = new URL(URL.canParse(url) ? url : "none:");
  if (!LOOPBACK.includes(hostname) || searchParams.has("host"))
    throw new Problem(
      `${describeDatabase(url)} is not for certain on this machine: made-up people do not belong there.`,
    );
  const emulator = lockHolder(join(root, ".local/dev.lock"))?.emulator;
  if (!setup.localWebflow)
    throw new Problem(
      "WEBFLOW_CLIENT_ID is set: made-up people belong to the local Webflow only. Leave it out to seed.",
    );
  if (!emulator) throw new Problem("`npm run dev` is not running: start it first, in another terminal.");
  await step(`Seeding ${describeDatabase(url)}`, async () => {
    const { code, output } = await processes.run({
      name: "seed",
      command: process.execPath,
      args: ["--conditions=react-server", "--import", "tsx", join(root, "scripts/lib/seed.ts")],
      cwd: root,
      env: {
        ...setup.environment,
        ...cleanEnvironment(),
        WEBFLOW_OAUTH_URL: emulator,
        WEBFLOW_API_URL: emulator,
      },
    });
    if (code !== 0) throw new Problem(`Seeding failed:\n${output}`);
  });
  say(
    `\n  Open ${setup.environment.AUTH_URL}, connect as Mira Okafor and allow Harbour & Pine: every state is there.`,
  );
  say("  Running it again starts afresh.\n");
  return 0;
});
