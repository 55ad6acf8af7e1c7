import "server-only";
import { PrismaPg } from "@prisma/adapter-pg";
import { Pool, type QueryResultRow } from "pg";
import { env } from "@/lib/env";
import { PrismaClient } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";

// Next's dev server loads modules again on every change; the global keeps it at one pool per process.
const store: typeof globalThis & { pool?: Pool; prisma?: PrismaClient } = globalThis;

function pool(): Pool {
  store.pool ??= newPool();
  return store.pool;
}

function newPool(): Pool {
  const made = new Pool({
    connectionString: env().DATABASE_URL,
    // Every wait has an end: a database that does not answer becomes an error that a person is told in words.
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  // A connection that breaks while nobody uses it is replaced by the next one; without a listener it would end the process.
  made.on("error", (error) => log.warn("database_connection_lost", { error: errorName(error) }));
  return made;
}

/** The Prisma client, made at first use so that `next build` runs without a database; one per process. */
export function db(): PrismaClient {
  store.prisma ??= newPrisma();
  return store.prisma;
}

function newPrisma(): PrismaClient {
  const events = [{ emit: "event", level: "error" } as const, { emit: "event", level: "warn" } as const];
  const made = new PrismaClient({
    adapter: new PrismaPg(pool(), { disposeExternalPool: true }),
    log: events,
  });
  // Its messages quote statements and values; what was thrown is told by whoever caught it.
  for (const { level } of events)
    made.$on(level, ({ target }) => log.warn("prisma", { code: `${level} ${target}` }));
  return made;
}

/**
 * Runs one statement on the same pool without Prisma, which takes as long as rendering half a page. For a statement that
 * every view of a page makes. Not prepared under a name: a pooler in transaction mode may give the next one to another server.
 *
 * @param sql with $1, $2, … where `values` go
 */
export async function queryRows<Row extends QueryResultRow>(
  sql: string,
  values: readonly (string | null)[],
): Promise<Row[]> {
  return (await pool().query<Row>(sql, [...values])).rows;
}

/**
 * Whether what Prisma threw came from the database or the way to it; `queryRows` throws errors of pg. Prisma hands on, as they
 * are, the plain Errors of pg's own time limits and broken connections, which their messages alone tell from others.
 */
export function isDatabaseError(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return (
    /^(PrismaClient|DriverAdapter)/.test(thrown.name) ||
    /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect)/.test(thrown.message)
  );
}
