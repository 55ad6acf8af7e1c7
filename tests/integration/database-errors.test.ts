import { once } from "node:events";
import { createServer } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isDatabaseError } from "@/lib/db";
import { createDatabase, type TestDatabase } from "../support/database";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

async function connected(options: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, ...options });
  client.on("error", () => {});
  await client.connect();
  return client;
}

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable("nothing was thrown"),
    (error: unknown) => error,
  );

/** Everything that pg throws by itself, as it throws it: Prisma hands it on, and only its words say what it is. */
const ways: Record<string, () => Promise<unknown>> = {
  "a client that was closed": async () => {
    const client = await connected();
    await client.end();
    return thrownBy(client.query("SELECT 1"));
  },
  "a client whose connection broke before": async () => {
    const client = await connected();
    const broken = once(client, "error");
    await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1", [
      (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid,
    ]);
    await broken;
    return thrownBy(client.query("SELECT 1"));
  },
  "a statement that takes too long": async () => {
    const client = await connected({ query_timeout: 50 });
    try {
      return await thrownBy(client.query("SELECT pg_sleep(60)"));
    } finally {
      await client.end();
    }
  },
  "no connection that is free in time": async () => {
    // Long enough for the first one, on a busy machine too.
    const pool = new pg.Pool({ connectionString: database.url, max: 1, connectionTimeoutMillis: 2_000 });
    const taken = await pool.connect();
    try {
      return await thrownBy(pool.query("SELECT 1"));
    } finally {
      taken.release();
      await pool.end();
    }
  },
  "a server that does not answer in time": async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const pool = new pg.Pool({ host: "127.0.0.1", port, connectionTimeoutMillis: 50 });
    try {
      return await thrownBy(pool.query("SELECT 1"));
    } finally {
      await pool.end();
      silent.close();
    }
  },
};

describe("what came from the database or the way to it", () => {
  test.each(Object.entries(ways))("%s", async (_, way) => {
    const thrown = await way();
    expect(thrown).toBeInstanceOf(Error);
    expect(isDatabaseError(thrown)).toBe(true);
  });

  test.each([new Error("Client"), new TypeError("terminated"), "Query read timeout", null])(
    "and not %s",
    (other) => expect(isDatabaseError(other)).toBe(false),
  );
});
