import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { setEnvironment } from "../support/environment";
import { until } from "../support/until";

let database: TestDatabase;
let lib: typeof import("@/lib/db");

beforeAll(async () => {
  database = await createDatabase();
  setEnvironment({ DATABASE_URL: database.url });
  lib = await import("@/lib/db");
});
beforeEach(() => forget());
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

describe("a prepared statement", () => {
  test("is prepared once a connection and answers with the values of each call", async () => {
    const double = lib.prepare<{ twice: number }>(`SELECT $1::int * 2 AS "twice"`);
    expect([await double(1), await double(21)]).toEqual([[{ twice: 2 }], [{ twice: 42 }]]);
    expect(await held()).toEqual([{ statement: `SELECT $1::int * 2 AS "twice"`, planned: 2 }]);
  });

  test("is asked all the same where a pooler gave it to a server that never heard of it, and prepared no more", async () => {
    const half = lib.prepare<{ half: number }>(`SELECT $1::int / 2 AS "half"`);
    await half(2);
    await forget();
    expect(await half(42)).toEqual([{ half: 21 }]);
    expect(await half(44)).toEqual([{ half: 22 }]);
    expect(await held()).toEqual([]);
  });

  test("is asked all the same where another process prepared it on that server", async () => {
    const text = `SELECT $1::int + 1 AS "next"`;
    await lib.prepare(text)(1);
    const [mine] = await lib.queryRows<{ name: string; pid: number }>({
      text: `SELECT "name", pg_backend_pid() AS "pid" FROM pg_prepared_statements`,
      values: [],
    });
    await database.query(`SELECT pg_terminate_backend(${mine?.pid})`);
    const again = { text: `PREPARE "${mine?.name}" (int) AS ${text}`, values: [] };
    await until(
      () =>
        lib.queryRows(again).then(
          () => true,
          () => false,
        ),
      "a new connection",
    );
    const next = lib.prepare<{ next: number }>(text);
    expect([await next(41), await next(42)]).toEqual([[{ next: 42 }], [{ next: 43 }]]);
    expect(await held()).toEqual([]);
  });

  test("throws whatever else goes wrong", async () => {
    const divide = lib.prepare(`SELECT 1 / $1::int`);
    await expect(divide(0)).rejects.toThrow(lib.StatementError);
    await expect(divide("x")).rejects.toThrow(lib.StatementError);
  });
});
