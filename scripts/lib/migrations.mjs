import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeDatabase, withClient } from "./database.mjs";
import { projectRoot } from "./paths.mjs";
import { Problem } from "./terminal.mjs";

/** The lock that Prisma's own engine takes: `prisma migrate deploy` and this wait for each other. */
const PRISMA_LOCK = 72707369;
/** How long to wait for another one that migrates, as PostgreSQL writes it. */
const LOCK_PATIENCE = "60s";

/** As Prisma's engine creates it. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * @typedef {{ name: string, sql: string, checksum: string }} Migration
 * @typedef {{ migration_name: string, checksum: string, finished_at: Date | null }} HistoryRow
 */

/**
 * Brings a database up to date: applies, in order, what prisma/migrations holds and the database has not seen, and
 * records it as Prisma does, so that either may go on where the other stopped. Forward only. Two at once wait for each
 * other; a migration that fails leaves nothing behind, unless it is one that PostgreSQL cannot run in a transaction.
 * @param {string} databaseUrl a direct connection: the lock needs a session, which a transaction pooler does not keep
 * @param {{ log?: (line: string) => void, directory?: string }} [options]
 * @returns {Promise<string[]>} the names of the migrations that were applied
 * @throws {Problem} when the history and the files disagree, or a migration fails
 */
export async function migrate(databaseUrl, { log = () => {}, directory = defaultDirectory } = {}) {
  const migrations = readMigrations(directory);
  return withClient(databaseUrl, async (client) => {
    // Who made the database, or a pooler on the way, may have set a limit that is meant for pages.
    await client.query("SET statement_timeout = 0");
    await lock(client, databaseUrl);
    try {
      const history = await readHistory(client, databaseUrl);
      compare(history, migrations, log);
      const seen = new Set(history.map((row) => row.migration_name));
      const pending = migrations.filter(({ name }) => !seen.has(name));
      for (const migration of pending) {
        await apply(client, migration);
        log(`applied ${migration.name}`);
      }
      return pending.map(({ name }) => name);
    } finally {
      await client.query("SELECT pg_advisory_unlock($1)", [PRISMA_LOCK]).catch(() => {});
    }
  });
}

const defaultDirectory = join(projectRoot, "prisma/migrations");

/** @param {string} [directory] @returns {Migration[]} in the order of their names, which begin with the time */
export function readMigrations(directory = defaultDirectory) {
  if (!existsSync(directory))
    throw new Problem(`${directory} is missing: check the files out again (\`git status\`).`);
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => readMigration(directory, name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param {string} directory @param {string} name @returns {Migration} */
function readMigration(directory, name) {
  const path = join(directory, name, "migration.sql");
  if (!existsSync(path))
    throw new Problem(`${path} is missing: check it out again, or remove its empty folder.`);
  const sql = readFileSync(path, "utf8");
  return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}

/** @param {import("pg").Client} client @param {string} url */
async function lock(client, url) {
  try {
    await client.query(`SET lock_timeout = '${LOCK_PATIENCE}'`);
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
    await client.query("SET lock_timeout = 0");
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== "55P03") throw error;
    throw new Problem(
      `Another one has been migrating ${describeDatabase(url)} for ${LOCK_PATIENCE}: wait for it, or end it.`,
    );
  }
}

/** @param {import("pg").Client} client @param {string} url @returns {Promise<HistoryRow[]>} */
async function readHistory(client, url) {
  const { rows } = await client.query(
    `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS known,
            EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema()) AS used`,
  );
  if (!rows[0].known && rows[0].used) {
    throw new Problem(
      `${describeDatabase(url)} has tables but no history of migrations, so it may be another program's: use an empty ` +
        "database, or record what it has with `npx prisma migrate resolve --applied <migration>`.",
    );
  }
  await client.query(HISTORY_TABLE);
  const history = await client.query(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY started_at',
  );
  return history.rows;
}

/** @param {HistoryRow[]} history @param {Migration[]} migrations @param {(line: string) => void} log @throws {Problem} */
function compare(history, migrations, log) {
  for (const { migration_name: name, checksum, finished_at } of history) {
    if (!finished_at) {
      throw new Problem(
        `Migration ${name} failed half-way before: mend the database by hand, then say so with \`npx prisma migrate ` +
          `resolve --applied ${name}\` or \`--rolled-back ${name}\`.`,
      );
    }
    const file = migrations.find((migration) => migration.name === name);
    if (!file) log(`the database knows a migration that this checkout does not have: ${name}`);
    else if (file.checksum !== checksum) {
      throw new Problem(
        `prisma/migrations/${name}/migration.sql changed after it was applied: bring the old text back ` +
          "(`git log -p` shows it) and put the change in a new migration.",
      );
    }
  }
}

const COMMENTS = /--.*$|\/\*[\s\S]*?\*\//gm;
/** What PostgreSQL refuses to run in a transaction, or what brings its own. */
const NO_TRANSACTION = /\bCONCURRENTLY\b|^\s*(BEGIN|START\s+TRANSACTION|VACUUM|ALTER\s+SYSTEM)\b/im;

const STARTED = 'INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)';
const FINISHED = 'UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1';

/** @param {import("pg").Client} client @param {Migration} migration */
async function apply(client, { name, sql, checksum }) {
  const id = randomUUID();
  const together = !NO_TRANSACTION.test(sql.replace(COMMENTS, ""));
  try {
    if (together) await client.query("BEGIN");
    await client.query(STARTED, [id, checksum, name]);
    await client.query(sql);
    await client.query(FINISHED, [id]);
    if (together) await client.query("COMMIT");
  } catch (error) {
    const { message, code } = /** @type {Error & { code?: string }} */ (error);
    await client.query("ROLLBACK").catch(() => {});
    const left = together ? "nothing of it was kept" : "it may have been applied in part";
    if (!together) {
      await client
        .query('UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1', [id, message])
        .catch(() => {});
    }
    throw new Problem(`Migration ${name} failed (${message}${code ? `, ${code}` : ""}); ${left}.`);
  }
}
