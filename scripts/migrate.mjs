// npm run db:migrate: applies prisma/migrations to DIRECT_URL, or else DATABASE_URL_UNPOOLED or DATABASE_URL, also where Prisma's engine cannot
// be downloaded. From the environment, .env.local or .env.
import "./lib/node-version.mjs";
import { runCommand } from "./lib/command.mjs";
import { describeDatabase } from "./lib/database.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { readConfiguration } from "./lib/local-env.mjs";
import { migrate } from "./lib/migrations.mjs";
import { projectRoot } from "./lib/paths.mjs";
import { Problem, say } from "./lib/terminal.mjs";

await runCommand(async ({ processes }) => {
  const { DIRECT_URL, DATABASE_URL_UNPOOLED, DATABASE_URL } = readConfiguration(projectRoot, process.env);
  const url = DIRECT_URL ?? DATABASE_URL_UNPOOLED ?? DATABASE_URL;
  if (!url) {
    throw new Problem(
      "DATABASE_URL is not set: give it in the environment or in .env.local. (`npm run dev` migrates its own database.)",
    );
  }
  await ensureInstalled(projectRoot, processes);
  const applied = await migrate(url, { log: say });
  say(`${describeDatabase(url)}: ${applied.length > 0 ? `${applied.length} applied` : "nothing to do"}`);
  return 0;
});
