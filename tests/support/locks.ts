import pg from "pg";
import { expect } from "vitest";
import type { TestDatabase } from "./database";

/** Locks one row as a transaction that is still being written would, until it is released. */
export async function holdRow(
  database: TestDatabase,
  table: "Grant" | "User",
  id: string,
): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: database.url });
  client.on("error", () => {}); // of a test that failed, the database may end it
  await client.connect();
  await client.query("BEGIN");
  await client.query(`SELECT FROM "${table}" WHERE "id" = $1 FOR UPDATE`, [id]);
  return { release: () => client.end() };
}

/** Resolves when this many statements are waiting for a lock: a race is then where a test wants it. */
export async function whenWaiting(database: TestDatabase, count: number): Promise<void> {
  const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect
    .poll(async () => (await database.query<{ count: number }>(waiting))[0]?.count, { timeout: 10_000 })
    .toBe(count);
}
