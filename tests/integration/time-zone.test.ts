import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { setEnvironment } from "../support/environment";

let database: TestDatabase;
let db: typeof import("@/lib/db").db;

beforeAll(async () => {
  database = await createDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Kolkata'`);
  await database.query(`ALTER DATABASE ${name} SET datestyle = 'German'`);
  setEnvironment({ DATABASE_URL: database.url });
  ({ db } = await import("@/lib/db"));
});
afterAll(async () => {
  await db?.().$disconnect();
  await database?.drop();
});

test("a time is the same for PostgreSQL and Prisma, whatever zone and style the database has", async () => {
  const at = new Date("2026-03-01T12:34:56.789Z");
  const { id } = await db().user.create({ data: { createdAt: at } });
  const stored = await database.query<{ seconds: string }>(
    `SELECT extract(epoch FROM "createdAt")::text AS seconds FROM "User"`,
  );
  expect(stored).toEqual([{ seconds: "1772368496.789000" }]);
  expect(await db().user.findUnique({ where: { id }, select: { createdAt: true } })).toEqual({
    createdAt: at,
  });
  expect(await db().$queryRaw`SELECT "createdAt" FROM "User"`).toEqual([{ createdAt: at }]);
});
