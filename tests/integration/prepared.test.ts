import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { setEnvironment } from "../support/environment";
import { until } from "../support/until";

let database: TestDatabase;
let lib: typeof import("@/lib/db");

beforeAll(async () => {
  database = await createDatabase();
  setEnvironment({ DATABASE_URL: database.url });
});
// A process that has found out that it cannot prepare stays with it: each test is a new one.
beforeEach(async () => {
  vi.resetModules();
  lib = await import("@/lib/db");
  await forget();
});
afterAll(async () => {
  await lib?.db().$disconnect();
  await database?.drop();
});

/** What the one connection holds that all of this uses: one statement at a time, each on the connection that is free. */
function held(): Promise<{ statement: string; planned: number }[]> {
  return lib.queryRows({
    text: `SELECT "statement", ("generic_plans" + "custom_plans")::int AS "planned" FROM pg_prepared_statements`,
    values: [],
  });
}

function forget(): Promise<object[]> {
  return lib.queryRows({ text: "DEALLOCATE ALL", values: [] });
}

const double = (value: unknown) =>
  lib.queryRows<{ twice: number }>({ text: `SELECT $1::int * 2 AS "twice"`, values: [value] });

describe("a statement with values", () => {
  test("is prepared once a connection and answers with the values of each call", async () => {
    expect([await double(1), await double(21)]).toEqual([[{ twice: 2 }], [{ twice: 42 }]]);
    expect(await held()).toEqual([{ statement: `SELECT $1::int * 2 AS "twice"`, planned: 2 }]);
  });

  test("is asked all the same where a pooler gave it to a server that never heard of it, and prepared no more", async () => {
    await double(1);
    await forget();
    expect(await double(21)).toEqual([{ twice: 42 }]);
    expect(await double(22)).toEqual([{ twice: 44 }]);
    expect(await held()).toEqual([]);
  });

  test("is asked all the same where another process prepared it on that server", async () => {
    await double(1);
    const [mine] = await lib.queryRows<{ name: string; pid: number }>({
      text: `SELECT "name", pg_backend_pid() AS "pid" FROM pg_prepared_statements`,
      values: [],
    });
    await database.query(`SELECT pg_terminate_backend(${mine?.pid})`);
    const again = { text: `PREPARE "${mine?.name}" (int) AS SELECT $1::int * 2 AS "twice"`, values: [] };
    await until(
      () =>
        lib.queryRows(again).then(
          () => true,
          () => false,
        ),
      "a new connection",
    );
    expect([await double(21), await double(22)]).toEqual([[{ twice: 42 }], [{ twice: 44 }]]);
    expect(await held()).toEqual([]);
  });

  test("is asked all the same where a table has changed since", async () => {
    await database.query(`CREATE TABLE "changing" ("a" int); INSERT INTO "changing" VALUES (1)`);
    const read = () =>
      lib.queryRows({ text: `SELECT "a" FROM "changing" WHERE $1::boolean`, values: [true] });
    expect(await read()).toEqual([{ a: 1 }]);
    expect(await held()).toHaveLength(1);
    await database.query(`ALTER TABLE "changing" ALTER "a" TYPE text`);
    expect([await read(), await read()]).toEqual([[{ a: "1" }], [{ a: "1" }]]);
  });

  test("throws whatever else goes wrong", async () => {
    await expect(double("x")).rejects.toThrow(lib.StatementError);
    await expect(double("x")).rejects.toThrow(lib.StatementError);
    expect(await double(2)).toEqual([{ twice: 4 }]);
    expect(await held()).toHaveLength(1);
  });
});

describe("a transaction", () => {
  test("is done again, as a whole and once, where one of its statements is not prepared on its server", async () => {
    await database.query(`CREATE TABLE "counted" ("value" int)`);
    const count = (value: number) =>
      lib.inTransaction(async (query) => {
        await query({ text: `INSERT INTO "counted" VALUES ($1) -- ${value % 2}`, values: [value] });
        return query({ text: `SELECT $1::int AS "counted"`, values: [value] });
      });
    await count(1);
    expect(await held()).toHaveLength(2);
    await forget();
    // The first statement is new to the connection, the second one it takes for prepared.
    expect(await count(2)).toEqual([{ counted: 2 }]);
    expect(await count(3)).toEqual([{ counted: 3 }]);
    expect(await database.query(`SELECT "value" FROM "counted" ORDER BY "value"`)).toEqual(
      [1, 2, 3].map((value) => ({ value })),
    );
    expect(await held()).toEqual([]);
  });
});
