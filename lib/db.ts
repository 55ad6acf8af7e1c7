import "server-only";
import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { DatabaseError, Pool, type PoolClient, type QueryResultRow } from "pg";
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
    // Every wait has an end: a database that does not answer becomes an error that a person is told in words. What is given up here
    // ends there too (`statement_timeout`), and so does a transaction whose process froze in the middle: they hold locks.
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    // Prisma's driver takes what PostgreSQL writes for UTC, whatever zone stands there; a database is often made with its machine's.
    // Who waited for a lock has to see what was committed meanwhile. A pooler may not keep these: transactions say the level again.
    onConnect: async (client) =>
      void (await client.query(
        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET default_transaction_isolation = 'read committed'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'",
      )),
  });
  // Given up in the middle, a transaction may still be open where Prisma hands its connection back: its ROLLBACK was never sent. Whoever
  // came next would go on in it, and commit half of it.
  made.on("release", (_, client) => {
    if (client.getTransactionStatus() !== "I") void client.end();
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
    transactionOptions: { isolationLevel: "ReadCommitted" },
    log: events,
  });
  // Its messages quote statements and values; what was thrown is told by whoever caught it.
  for (const { level } of events)
    made.$on(level, ({ target }) => log.warn("prisma", { code: `${level} ${target}` }));
  return made;
}

/** One statement: `Prisma.sql` makes such a one, or a text with $1, $2, … where its values go. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Runs a statement and answers its rows, whose shape the caller states.
 *
 * @throws StatementError
 */
export type Query = <Row extends QueryResultRow>(statement: Statement) => Promise<Row[]>;

/** A statement could not be run, or nobody knows whether it was. The cause quotes values: it is never logged. */
export class StatementError extends Error {
  override readonly name = "StatementError";
}

/** Nobody answered to COMMIT: what the transaction did may have happened. */
export class CommitUnanswered extends StatementError {}

/**
 * Runs one statement on the same pool without Prisma, which takes as long as rendering half a page. For the statements of every
 * view of a page and of every sign-in. They are prepared, once a connection: planning one takes PostgreSQL longer than running it.
 */
export const queryRows: Query = (statement) => preparedOrNot(() => run(pool(), statement));

/** Whether statements are prepared here. */
let prepares = true;

/**
 * Does it once more, without prepared statements, and prepares no more in this process, where a pooler gave a statement to a server
 * that has not prepared it (PgBouncer before 1.21, in transaction mode), or where one does not fit the tables any more.
 *
 * @param work runs in one piece or not at all
 */
async function preparedOrNot<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isNotAsPrepared(error)) throw error;
    prepares = false;
    return work();
  }
}

/** invalid_sql_statement_name, duplicate_prepared_statement, and feature_not_supported for a plan that is no longer right: nothing was run. */
function isNotAsPrepared(thrown: unknown): boolean {
  const cause = thrown instanceof StatementError ? thrown.cause : undefined;
  return cause instanceof DatabaseError && ["26000", "42P05", "0A000"].includes(cause.code ?? "");
}

const names = new Map<string, string>();

/** A name that no other text has: instances of two versions may share a pooler. */
function nameOf(text: string): string {
  const name = names.get(text) ?? createHash("sha256").update(text).digest("hex").slice(0, 32);
  names.set(text, name);
  return name;
}

async function run<Row extends QueryResultRow>(
  on: Pick<Pool, "query">,
  { text, values }: Statement,
): Promise<Row[]> {
  const name = prepares && values.length > 0 ? nameOf(text) : undefined;
  try {
    return (await on.query<Row>({ name, text, values: [...values] })).rows;
  } catch (cause) {
    throw new StatementError("a statement failed", { cause });
  }
}

/**
 * Runs `work` as one transaction (READ COMMITTED), without Prisma: what its statements do happens together, or, when it throws,
 * not at all.
 *
 * @param work nothing but statements: it may be done twice, the first time undone (`preparedOrNot`)
 * @throws what `work` throws; StatementError, and where it may have happened all the same CommitUnanswered
 */
export function inTransaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
  return preparedOrNot(() => transact(work));
}

async function transact<T>(work: (query: Query) => Promise<T>): Promise<T> {
  const client = await connect();
  const query: Query = (statement) => run(client, statement);
  // A connection that breaks between two statements fails the next one; without a listener it would end the process.
  const ignore = () => {};
  client.on("error", ignore);
  let isClean = false;
  try {
    await query({ text: "BEGIN ISOLATION LEVEL READ COMMITTED", values: [] });
    const result = await work(query);
    await commit(query);
    isClean = true;
    return result;
  } catch (error) {
    // A statement that failed may still be running: then nothing more is said on this connection, and closing it rolls back.
    if (!(error instanceof StatementError)) isClean = await rollBack(query);
    throw error;
  } finally {
    client.release(!isClean);
    client.off("error", ignore);
  }
}

async function connect(): Promise<PoolClient> {
  try {
    return await pool().connect();
  } catch (cause) {
    throw new StatementError("no connection to the database", { cause });
  }
}

/**
 * Classes of SQLSTATE in which a pooler answers that it has lost PostgreSQL: PgBouncer 08, PgCat 58, Supavisor XX. All else at COMMIT is
 * PostgreSQL's own word that nothing was done.
 */
const ofLostConnections = /^(08|58|XX)/;

async function commit(query: Query): Promise<void> {
  try {
    await query({ text: "COMMIT", values: [] });
  } catch (error) {
    const code = error instanceof StatementError && error.cause instanceof DatabaseError && error.cause.code;
    if (code && !ofLostConnections.test(code)) throw error;
    throw new CommitUnanswered("nobody answered to COMMIT", { cause: error });
  }
}

async function rollBack(query: Query): Promise<boolean> {
  try {
    await query({ text: "ROLLBACK", values: [] });
    return true;
  } catch {
    return false;
  }
}

/** How an error begins that is pg's own: a time limit, or a connection that broke. */
const beginningsOfPg =
  /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered a connection error) and is not queryable)/;

/**
 * Whether what was thrown came from the database or the way to it. Prisma hands on, as they are, the plain Errors of pg's own
 * time limits and broken connections, which their messages alone tell from others.
 */
export function isDatabaseError(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return (
    thrown instanceof StatementError ||
    /^(PrismaClient|DriverAdapter)/.test(thrown.name) ||
    beginningsOfPg.test(thrown.message)
  );
}
