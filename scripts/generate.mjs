// npm run build starts with this: the database client from prisma/schema.prisma, without any download.
import "./lib/node-version.mjs";
import { runCommand } from "./lib/command.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { projectRoot } from "./lib/paths.mjs";

await runCommand(async ({ processes }) => {
  await ensureGenerated(projectRoot, processes, { always: true });
  return 0;
});
