import { randomBytes } from "node:crypto";
import pg from "pg";

/** The migrated database that every test database is a copy of. */
export const template = "template_app";

/** A database of one's own, migrated and empty. */
export interface TestDatabase {
  url: string;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  count(table: "User" | "Grant" | "Session"): Promise<number>;
  /** Does something while nobody else can touch this table: their statements wait. */
  locked<Result>(table: "Grant", work: () => Promise<Result>): Promise<Result>;
  drop(): Promise<void>;
}

async function withAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: clusterUrl() });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

/** Where the tests' PostgreSQL listens, for a proxy in front of it. */
export function clusterAddress(): { host: string; port: number } {
  const { hostname, port } = new URL(clusterUrl());
  return { host: hostname, port: Number(port) };
}

/** The same with who may log in, for a pooler. */
export function clusterLogin(): { host: string; port: number; user: string; password: string } {
  const { username, password } = new URL(clusterUrl());
  return { ...clusterAddress(), user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function clusterUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url)
    throw new Error("No TEST_POSTGRES_URL: tests/support/cluster.ts is the global set-up that sets it.");
  return url;
}

/** Makes a database for one test file or worker: a migrated one, or one with nothing in it. `drop` also ends the connections that others left open. */
export async function createDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withAdmin(`CREATE DATABASE ${name} TEMPLATE ${empty ? "template1" : template}`);
  const url = new URL(clusterUrl());
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on("error", () => {}); // a test may cut an idle connection
  const query = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await pool.query<Row>(sql, values)).rows;
  return {
    url: url.href,
    query,
    count: async (table) =>
      (await query<{ count: number }>(`SELECT count(*)::int AS count FROM "${table}"`))[0]?.count ?? 0,
    locked: async (table, work) => {
      const client = await pool.connect();
      try {
        await client.query(`BEGIN; LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);
        return await work();
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    },
    drop: async () => {
      await pool.end();
      await withAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
