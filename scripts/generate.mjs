// npm run build and npm run typecheck start with this: the database client from prisma/schema.prisma, without any download.
import "./lib/node-version.mjs";
import { runCommand } from "./lib/command.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { projectRoot } from "./lib/paths.mjs";

await runCommand(async ({ processes }) => {
  await ensureGenerated(projectRoot, processes);
  return 0;
});
