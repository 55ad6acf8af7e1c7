import type { Processes } from "../../scripts/lib/processes.mjs";
import { median, medianRatio } from "./load";
import type { Row } from "./report";
import { type Folder, startNext } from "./servers";
import type { World } from "./world";

/** From the start of a process to its first dashboard, beside an empty page that only asks the same database client. */
export async function benchStart(
  processes: Processes,
  app: World,
  times: number,
): Promise<{ rows: Row[]; details: object }> {
  const person = await app.signIn();
  const measured = { app: [] as Start[], empty: [] as Start[] };
  for (let time = 0; time < times; time++) {
    measured.empty.push(await start(processes, "empty", app.environment, "/database", ""));
    measured.app.push(await start(processes, "app", app.environment, "/dashboard", person.cookieHeader()));
  }
  const row = (what: keyof Start, words: string, goal: number | null): Row => {
    const own = measured.app.map((one) => one[what]);
    const others = measured.empty.map((one) => one[what]);
    return {
      what: `cold start to the first dashboard, ${words}`,
      app: `${median(own).toFixed(0)} ms`,
      comparedWith: `empty Next app with the same database client, ${median(others).toFixed(0)} ms`,
      ratio: medianRatio(own, others),
      goal,
    };
  };
  return { rows: [row("cpu", "CPU", 1.2), row("wall", "by the clock", null)], details: measured };
}

interface Start {
  cpu: number;
  wall: number;
}

async function start(
  processes: Processes,
  folder: Folder,
  environment: Record<string, string>,
  path: string,
  cookie: string,
): Promise<Start> {
  const before = performance.now();
  const server = await startNext(processes, folder, { environment, path: null });
  try {
    const response = await fetch(`${server.origin}${path}`, { headers: { cookie }, redirect: "manual" });
    await response.text();
    if (response.status !== 200) throw new Error(`${folder} answers ${response.status} at its first page`);
    return { wall: performance.now() - before, cpu: await server.cpuTime() };
  } finally {
    await server.stop();
  }
}
