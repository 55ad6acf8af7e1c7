import { cpus } from "node:os";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { findPgbouncer } from "../../scripts/lib/pgbouncer.mjs";
import type { Processes } from "../../scripts/lib/processes.mjs";
import { say } from "../../scripts/lib/terminal.mjs";
import { startPgbouncer } from "../support/pgbouncer";
import { load, median } from "./load";
import type { Row } from "./report";
import { type Server, startNext } from "./servers";
import type { World } from "./world";

/** One, two and four processes on one PostgreSQL, directly and through PgBouncer: dashboards a second, all with the same session. */
export async function benchInstances(
  processes: Processes,
  app: World,
  requests: number,
): Promise<{ rows: Row[]; details: object }> {
  const person = await app.signIn();
  const pooler = await findPgbouncer(projectRoot, processes);
  if ("missing" in pooler) say(`  Without PgBouncer: ${pooler.missing}`);
  const bouncer = "path" in pooler && pooler.path ? await startPgbouncer(pooler.path) : null;
  const ways = [
    { name: "directly", address: new URL(app.database.url).host },
    ...(bouncer ? [{ name: "through PgBouncer, 4 server connections", address: bouncer.address }] : []),
  ];
  const rows: Row[] = [];
  const details: Record<string, number> = {};
  try {
    for (const { name, address } of ways) {
      const url = new URL(app.database.url);
      url.host = address;
      const environment = { ...app.environment, DATABASE_URL: url.href };
      const servers: Server[] = [];
      let one = Number.NaN;
      try {
        for (const count of [1, 2, 4]) {
          const cookies = [person.cookieHeader()];
          while (servers.length < count) {
            const server = await startNext(processes, "app", { environment, path: "/api/health" });
            servers.push(server);
            // Warms it up.
            await load([`${server.origin}/dashboard`], { cookies, requests, concurrency: 4 });
          }
          const urls = servers.map(({ origin }) => `${origin}/dashboard`);
          const busy = watchCores();
          const { throughput, latencies } = await load(urls, { cookies, requests, concurrency: 4 * count });
          const cores = busy();
          details[`${name}, ${count}`] = throughput;
          if (count === 1) one = throughput;
          rows.push({
            what: `${count} ${count === 1 ? "process" : "processes"}, ${name}`,
            app: `${throughput.toFixed(0)} views/s, p50 ${median(latencies).toFixed(1)} ms`,
            comparedWith: `one process; busy, with load generator and PostgreSQL: ${cores.toFixed(1)} of ${cpus().length} cores`,
            ratio: throughput / one,
            goal: null,
          });
        }
      } finally {
        for (const server of servers) await server.stop();
      }
    }
    return { rows, details };
  } finally {
    await bouncer?.stop();
  }
}

/** Starts watching the machine. The function that it answers tells how many cores were busy since, on average. */
function watchCores(): () => number {
  const since = coreTimes();
  return () => {
    const now = coreTimes();
    return ((now.busy - since.busy) / (now.all - since.all)) * cpus().length;
  };
}

/** Milliseconds of all cores since the machine started. */
function coreTimes(): { busy: number; all: number } {
  const times = cpus().map((core) => core.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0), all };
}
