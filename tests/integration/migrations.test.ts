import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate, readMigrations } from "../../scripts/lib/migrations.mjs";
import { createDatabase, type TestDatabase } from "../support/database";

let directory: string;
let database: TestDatabase;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "migrations-"));
  cpSync("prisma/migrations", directory, { recursive: true });
  database = await createDatabase({ empty: true });
});
afterEach(async () => {
  await database.drop();
  rmSync(directory, { recursive: true });
});

function add(name: string, sql: string): void {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, "migration.sql"), sql);
}

const run = () => migrate(database.url, { directory });
const recorded = () =>
  database.query(`SELECT migration_name AS name, finished_at IS NOT NULL AS finished, applied_steps_count AS steps
                  FROM "_prisma_migrations" ORDER BY migration_name`);

describe("the migrations of this app after the first", () => {
  const [, ...later] = readMigrations();

  test("can be run again: one that was carried out and not recorded is repeated", async () => {
    await run();
    const schema = () =>
      database.query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1");
    const before = await schema();
    for (const { sql } of later) await database.query(sql);
    expect(await schema()).toEqual(before);
  });

  test("never make what another makes under the same name: IF NOT EXISTS would pass over it in silence", () => {
    const made = readMigrations().flatMap(({ sql }) =>
      [...sql.matchAll(/CREATE[A-Z ]* (?:TABLE|INDEX|TYPE) (?:IF NOT EXISTS )?"(\w+)"/g)].map(
        ([, name]) => name,
      ),
    );
    expect(made.length).toBeGreaterThan(20);
    expect(made).toEqual([...new Set(made)]);
  });
});

test("each migration leaves nothing behind when it breaks off, sent in one go as Prisma's engine does", async () => {
  const schema = () =>
    database.query(
      `SELECT c.relname, c.relkind, (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT attisdropped) AS columns
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
       UNION ALL SELECT typname, 't', (SELECT count(*) FROM pg_enum e WHERE e.enumtypid = t.oid) FROM pg_type t
       WHERE t.typnamespace = 'public'::regnamespace AND typtype = 'e' ORDER BY 1, 2`,
    );
  for (const { sql } of readMigrations()) {
    const before = await schema();
    await expect(database.query(`${sql}\n;SELECT 1 / 0`)).rejects.toThrow("division by zero");
    expect(await schema()).toEqual(before);
    await database.query(sql);
  }
});

describe("migrating", () => {
  test("twice applies everything once", async () => {
    add("29990101000000_more", 'CREATE TABLE "More" (id int);');
    const applied = await run();
    expect(applied.at(-1)).toBe("29990101000000_more");
    expect(await run()).toEqual([]);
    expect(await recorded()).toEqual(applied.map((name) => ({ name, finished: true, steps: 1 })));
  });

  test("by five at once applies everything once", async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, run));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  });

  test("only goes on where the database stands", async () => {
    await run();
    add("29990101000000_more", 'CREATE TABLE "More" (id int);');
    expect(await run()).toEqual(["29990101000000_more"]);
  });

  test("takes its time, whatever limit the database sets for a statement", async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`ALTER DATABASE ${name} SET statement_timeout = '100ms'`);
    add("29990101000000_slow", "SELECT pg_sleep(0.3);");
    expect((await run()).at(-1)).toBe("29990101000000_slow");
  });

  test("refuses when the text of an applied migration changed", async () => {
    add("29990101000000_more", 'CREATE TABLE "More" (id int);');
    await run();
    add("29990101000000_more", 'CREATE TABLE "More" (id bigint);');
    await expect(run()).rejects.toThrow("29990101000000_more/migration.sql changed after it was applied");
  });

  test("that fails leaves nothing behind, and can be mended and run again", async () => {
    add("29990101000000_more", 'CREATE TABLE "More" (id int); SELECT nonsense;');
    await expect(run()).rejects.toThrow(/29990101000000_more failed .*nothing of it was kept/);
    add("29990101000000_more", 'CREATE TABLE "More" (id int);');
    expect(await run()).toEqual(["29990101000000_more"]);
  });

  test("runs what PostgreSQL refuses in a transaction, and stops at one that failed half-way", async () => {
    add("29990101000000_index", 'CREATE INDEX CONCURRENTLY "more" ON "User" ("createdAt");');
    expect(await run()).toContain("29990101000000_index");
    add("29990102000000_wrong", 'CREATE INDEX CONCURRENTLY "wrong" ON "User" ("nonsense");');
    await expect(run()).rejects.toThrow(/29990102000000_wrong failed/);
    await expect(run()).rejects.toThrow(/29990102000000_wrong failed half-way before.*migrate resolve/);
  });

  test("refuses a database that another program uses", async () => {
    await database.query("CREATE TABLE theirs (id int)");
    await expect(run()).rejects.toThrow("may be another program's");
    expect(await database.query("SELECT to_regclass('\"User\"') AS ours")).toEqual([{ ours: null }]);
  });

  test("works on a database that knows a newer migration, and says so", async () => {
    add("29990101000000_more", 'CREATE TABLE "More" (id int);');
    await run();
    rmSync(join(directory, "29990101000000_more"), { recursive: true });
    const lines: string[] = [];
    expect(await migrate(database.url, { directory, log: (line) => lines.push(line) })).toEqual([]);
    expect(lines.join()).toContain("29990101000000_more");
  });

  test.each([
    ["a wrong password", (url: URL) => (url.password = "hush"), "the password is wrong"],
    ["a database that is not there", (url: URL) => (url.pathname = "/nowhere"), "createdb"],
    ["a port where nothing listens", (url: URL) => (url.port = "1"), "nothing listens there"],
  ])("%s is said in words, without the password", async (_, change, words) => {
    const url = new URL(database.url);
    const { password } = url;
    change(url);
    const failure = await migrate(url.href, { directory }).catch((error: Error) => error.message);
    expect(failure).toContain(words);
    expect(failure).not.toContain("hush");
    expect(failure).not.toContain(password);
  });
});
