import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDatabase } from "../../scripts/lib/database.mjs";
import { migrate } from "../../scripts/lib/migrations.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { startPostgres } from "../../scripts/lib/postgres.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";
import { template } from "./database";

/**
 * One PostgreSQL for a whole run, with a migrated database to copy; its URL goes to the workers as TEST_POSTGRES_URL.
 * Global set-up of Vitest and of Playwright alike: what it returns ends it.
 */
export default async function startCluster(): Promise<() => Promise<void>> {
  const processes = createProcesses();
  const directory = mkdtempSync(join(tmpdir(), "webflow-app-tests-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const elsewhere = directory.slice(directory.lastIndexOf("-") + 1);
    const postgres = await startPostgres({
      root: projectRoot,
      directory,
      elsewhere,
      durable: false,
      processes,
    });
    await ensureDatabase(postgres.url(), template);
    await migrate(postgres.url(template));
    process.env.TEST_POSTGRES_URL = postgres.url();
  } catch (error) {
    await processes.stopAll();
    remove();
    throw error;
  }
  return async () => {
    await processes.stopAll();
    remove();
  };
}
