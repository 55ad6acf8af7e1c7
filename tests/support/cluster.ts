import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ensureDatabase, withClient } from "../../scripts/lib/database.mjs";
import { migrate } from "../../scripts/lib/migrations.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { startPostgres } from "../../scripts/lib/postgres.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";
import { template } from "./database";

/**
 * One PostgreSQL for a whole run, with a migrated database to copy; its URL goes to the workers as TEST_POSTGRES_URL.
 * Global set-up of Vitest and of Playwright alike: what it returns ends it. Of a run that is killed nothing is left either.
 */
export default async function startCluster(): Promise<() => Promise<void>> {
  const processes = createProcesses();
  const directory = mkdtempSync(join(tmpdir(), "webflow-app-tests-"));
  const removals = [processes.removeAtEnd(directory)];
  const stop = async () => {
    await processes.stopAll();
    for (const remove of removals) remove();
  };
  try {
    const postgres = await startPostgres({
      root: projectRoot,
      directory,
      elsewhere: basename(directory),
      durable: false,
      processes,
    });
    // As root the data may have had to go elsewhere.
    removals.push(processes.removeAtEnd(dirname(dirname(postgres.data))));
    await ensureDatabase(postgres.url(), template);
    await migrate(postgres.url(template));
    // One forgotten connection to it would make every copy fail.
    await withClient(postgres.url(), (client) =>
      client.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`),
    );
    process.env.TEST_POSTGRES_URL = postgres.url();
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
