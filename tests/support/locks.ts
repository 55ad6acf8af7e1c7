import pg from "pg";
import { expect } from "vitest";
import type { TestDatabase } from "./database";

const open = new Set<pg.Client>();

/** Ends what a test that failed has left open; everything else would wait for it. */
export async function endTransactions(): Promise<void> {
  await Promise.all([...open].map((client) => client.end()));
  open.clear();
}

interface OpenTransaction {
  /** Its next statement. */
  run(sql: string, values?: unknown[]): Promise<void>;
  commit(): Promise<void>;
}

/** A transaction of somebody else's that has run this statement and is still being written, until it commits. */
export async function openTransaction(
  database: TestDatabase,
  sql: string,
  values: unknown[] = [],
): Promise<OpenTransaction> {
  const client = new pg.Client({ connectionString: database.url });
  client.on("error", () => {}); // of a test that failed, the database may end it
  await client.connect();
  open.add(client);
  await client.query("BEGIN");
  await client.query(sql, values);
  return {
    run: async (next, nextValues = []) => {
      await client.query(next, nextValues);
    },
    commit: async () => {
      await client.query("COMMIT");
      open.delete(client);
      await client.end();
    },
  };
}

/** Locks one Grant as a transaction that is still being written would. */
export function holdGrant(database: TestDatabase, id: string): Promise<OpenTransaction> {
  return openTransaction(database, `SELECT FROM "Grant" WHERE "id" = $1 FOR UPDATE`, [id]);
}

/** Resolves when at least this many statements are waiting for a lock: a race is then where a test wants it. */
export async function whenWaiting(database: TestDatabase, count: number): Promise<void> {
  const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect
    .poll(async () => (await database.query<{ count: number }>(waiting))[0]?.count, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(count);
}
