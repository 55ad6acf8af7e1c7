import type { Processes } from "../../scripts/lib/processes.mjs";
import { step } from "../../scripts/lib/terminal.mjs";
import { createDatabase, type TestDatabase } from "../support/database";
import { populate, sessionTokenOf } from "../support/population";
import { load, median } from "./load";
import type { Row } from "./report";
import { type Server, startNext } from "./servers";

/** How a page's time grows with the tables: the same requests on a small and a large database, in turn. */
export async function benchGrowth(
  processes: Processes,
  environment: Record<string, string>,
  { small, large, rounds, times }: { small: number; large: number; rounds: number; times: number },
): Promise<{ rows: Row[]; details: object }> {
  const ends: (() => Promise<void>)[] = [];
  try {
    const sides: Side[] = [];
    const rows: Row[] = [];
    for (const users of [small, large]) {
      const database = await createDatabase();
      ends.push(() => database.drop());
      await step(
        `Filling a database with ${users} Users, ${2 * users} Grants and ${10 * users} Activity rows`,
        async () => {
          await populate(database.query, { users, grantsPerUser: 2, activityPerUser: 10 });
          // What PostgreSQL still has to write of it would be written while it is measured.
          await database.query("CHECKPOINT");
        },
      );
      const server = await startNext(processes, "app", {
        environment: { ...environment, DATABASE_URL: database.url },
        path: "/api/health",
      });
      ends.push(() => server.stop());
      sides.push({ users, server });
      if (users === large) rows.push(await rowSizes(database));
    }
    const details: Record<string, number[]> = {};
    for (const { what, path, repeat } of [
      { what: "dashboard view", path: "/dashboard", repeat: times },
      { what: "activity page", path: "/dashboard/activity", repeat: times },
      { what: "sweep with nothing due", path: "/api/cron/sweep", repeat: Math.min(times, 8) },
    ]) {
      const [before = Number.NaN, after = Number.NaN] = await compare(sides, {
        path,
        rounds,
        times: repeat,
        secret: environment.CRON_SECRET ?? "",
      });
      details[path] = [before, after];
      rows.push({
        what: `${what}, p50 with ${large.toLocaleString("en")} Users, ${(2 * large).toLocaleString("en")} Grants, ${(10 * large).toLocaleString("en")} Activity rows`,
        app: `${after.toFixed(2)} ms`,
        comparedWith: `with ${small.toLocaleString("en")} Users, ${before.toFixed(2)} ms`,
        ratio: after / before,
        goal: 1.2,
      });
    }
    return { rows, details };
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

/** What a row of each table that grows takes on disk, with its share of the indexes. */
async function rowSizes(database: TestDatabase): Promise<Row> {
  const sizes = await database.query<{ name: string; bytes: number }>(`
    SELECT relname AS name, round(pg_total_relation_size(oid) / reltuples)::int AS bytes
    FROM pg_class WHERE relname IN ('User', 'Account', 'Session', 'Grant', 'Activity') ORDER BY relname`);
  return {
    what: "bytes a row on disk, indexes included",
    app: sizes.map(({ name, bytes }) => `${name} ${bytes}`).join(", "),
    comparedWith: "",
    ratio: null,
    goal: null,
  };
}

interface Side {
  users: number;
  server: Server;
}

/** Medians of the latency at each side, in milliseconds, by turns. */
async function compare(
  sides: readonly Side[],
  { path, rounds, times, secret }: { path: string; rounds: number; times: number; secret: string },
): Promise<number[]> {
  const latencies = sides.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, { users, server }] of sides.entries()) {
      const who = Array.from({ length: times }, () => 1 + Math.floor(Math.random() * users));
      const measured = await load([`${server.origin}${path}`], {
        cookies: who.map((user) => `authjs.session-token=${sessionTokenOf(user)}`),
        headers: { authorization: `Bearer ${secret}` },
        requests: times,
        concurrency: 1,
      });
      // The first round warms up.
      if (round >= 0) latencies[index]?.push(...measured.latencies);
    }
  }
  return latencies.map(median);
}
