import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Query } from "@/lib/db";
import { createDatabase, type TestDatabase } from "../support/database";
import { setEnvironment } from "../support/environment";
import { startTcpProxy } from "../support/tcp-proxy";

let database: TestDatabase;
let inTransaction: typeof import("@/lib/db").inTransaction;
let queryRows: typeof import("@/lib/db").queryRows;
let StatementError: typeof import("@/lib/db").StatementError;
let db: typeof import("@/lib/db").db;

beforeAll(async () => {
  database = await createDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
  setEnvironment({ DATABASE_URL: database.url });
  ({ inTransaction, queryRows, StatementError, db } = await import("@/lib/db"));
});
beforeEach(() => database.query(`TRUNCATE "User" CASCADE`));
afterAll(async () => {
  await db?.().$disconnect();
  await database?.drop();
});

const addUser = (query: Query) => query({ text: `INSERT INTO "User" DEFAULT VALUES`, values: [] });

/** Which of the server's processes answers: names the connection. */
async function processOf(query: Query): Promise<number | undefined> {
  const [row] = await query<{ pid: number }>({ text: "SELECT pg_backend_pid() AS pid", values: [] });
  return row?.pid;
}

describe("a transaction", () => {
  test("keeps all that its statements did, and answers what its work did", async () => {
    const answer = await inTransaction(async (query) => {
      await addUser(query);
      await addUser(query);
      expect(await database.count("User")).toBe(0);
      return "done";
    });
    expect([answer, await database.count("User")]).toEqual(["done", 2]);
  });

  test("keeps nothing when its work throws, throws that, and gives its connection back", async () => {
    const reason = new RangeError("of the work");
    let first: number | undefined;
    const work = inTransaction(async (query) => {
      first = await processOf(query);
      await addUser(query);
      throw reason;
    });
    await expect(work).rejects.toBe(reason);
    expect(await database.count("User")).toBe(0);
    expect(await inTransaction(processOf)).toBe(first);
  });

  test("keeps nothing when a statement fails, says so, and closes the connection on which it may still run", async () => {
    let first: number | undefined;
    const work = inTransaction(async (query) => {
      first = await processOf(query);
      await addUser(query);
      await query({ text: "SELECT $1::int", values: ["none"] });
    });
    await expect(work).rejects.toBeInstanceOf(StatementError);
    expect(await inTransaction(processOf)).not.toBe(first);
    expect(await database.count("User")).toBe(0);
  });

  test("whose connection breaks between two statements fails, and only it", async () => {
    const work = inTransaction(async (query) => {
      await addUser(query);
      await database.query("SELECT pg_terminate_backend($1)", [await processOf(query)]);
      await addUser(query);
    });
    await expect(work).rejects.toBeInstanceOf(StatementError);
    expect(await database.count("User")).toBe(0);
    await inTransaction(addUser);
    expect(await database.count("User")).toBe(1);
  });

  test("whose work throws when its connection has broken throws that, and gives no broken one to the next", async () => {
    const reason = new RangeError("of the work");
    const work = inTransaction(async (query) => {
      await database.query("SELECT pg_terminate_backend($1)", [await processOf(query)]);
      throw reason;
    });
    await expect(work).rejects.toBe(reason);
    await inTransaction(addUser);
    expect(await database.count("User")).toBe(1);
  });
});

test("a transaction that was given up in the middle is nobody else's, although Prisma hands its connection back", async () => {
  const { hostname: host, port } = new URL(database.url);
  const way = await startTcpProxy({ host, port: Number(port) });
  const url = new URL(database.url);
  url.host = `127.0.0.1:${way.port}`;
  vi.stubGlobal("pool", undefined);
  vi.stubGlobal("prisma", undefined);
  vi.resetModules();
  setEnvironment({ DATABASE_URL: url.href });
  const there = await import("@/lib/db");
  try {
    const half = there.db().$transaction(async (tx) => {
      await tx.$executeRaw`INSERT INTO "User" DEFAULT VALUES`;
      way.stall();
      await tx.$executeRaw`INSERT INTO "User" DEFAULT VALUES`;
    });
    await expect(half).rejects.toThrow();
    way.mend();
    await there.inTransaction(addUser);
    expect(await database.count("User")).toBe(1);
  } finally {
    await there.db().$disconnect();
    await way.close();
    vi.unstubAllGlobals();
  }
});

test.each(["statement_timeout", "idle_in_transaction_session_timeout"])(
  "what this side has given up, or forgotten, ends at the server as well and holds no lock any longer: %s",
  async (name) => {
    const text = `SHOW ${name}`;
    expect(await queryRows({ text, values: [] })).toEqual([{ [name]: "10s" }]);
    expect(await db().$queryRawUnsafe(text)).toEqual([{ [name]: "10s" }]);
  },
);

describe("READ COMMITTED, which the statements count on, whatever the database's own level is", () => {
  const levelOf = (query: Query) => query({ text: "SHOW transaction_isolation", values: [] });
  const levelOfPrisma = () => db().$transaction((tx) => tx.$queryRaw`SHOW transaction_isolation`);
  const readCommitted = [{ transaction_isolation: "read committed" }];

  test("is the level of every statement and transaction, with and without Prisma", async () => {
    expect(await levelOf(queryRows)).toEqual(readCommitted);
    expect(await db().$queryRaw`SHOW transaction_isolation`).toEqual(readCommitted);
    expect(await inTransaction(levelOf)).toEqual(readCommitted);
    expect(await levelOfPrisma()).toEqual(readCommitted);
  });

  test("is that of transactions also on a server connection of a pooler's to which nobody has said so", async () => {
    // Of the one connection that is free, which each transaction takes.
    await queryRows({ text: "SET default_transaction_isolation = 'repeatable read'", values: [] });
    try {
      expect(await levelOf(queryRows)).toEqual([{ transaction_isolation: "repeatable read" }]);
      expect(await inTransaction(levelOf)).toEqual(readCommitted);
      expect(await levelOfPrisma()).toEqual(readCommitted);
    } finally {
      await queryRows({ text: "SET default_transaction_isolation = 'read committed'", values: [] });
    }
  });
});
