import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../scripts/lib/command.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import type { Processes } from "../../scripts/lib/processes.mjs";
import { bold, duration, Problem, say, step } from "../../scripts/lib/terminal.mjs";
import startCluster from "../support/cluster";
import { build } from "./build";
import { benchGrowth } from "./growth";
import { benchInstances } from "./instances";
import { type Row, toTable, writeReport } from "./report";
import { startNext, startServer } from "./servers";
import { benchSignIn } from "./sign-in";
import { benchStart } from "./start";
import { benchSweep } from "./sweep";
import { benchView } from "./view";
import { startWorld, type World } from "./world";

interface Bench {
  processes: Processes;
  app: World;
  stock: World;
}

/** Every part, with its effort. */
const parts = {
  view: ({ processes, app, stock }: Bench) => benchViewBesideFloors(processes, app, stock),
  "sign-in": ({ app, stock }: Bench) => benchSignIn({ app, stock }, { warmUp: 700, rounds: 41 }),
  start: ({ processes, app }: Bench) => benchStart(processes, app, 15),
  growth: ({ processes, app }: Bench) =>
    benchGrowth(processes, app.environment, { small: 1_000, large: 1_000_000, rounds: 9, times: 100 }),
  instances: ({ processes, app }: Bench) => benchInstances(processes, app, 1_000),
} as const;

async function benchViewBesideFloors(processes: Processes, app: World, stock: World) {
  const person = await app.signIn();
  const token = person.cookies.get("authjs.session-token") ?? "";
  const empty = await startNext(processes, "empty", { environment: app.environment, path: "/" });
  const bare = await startServer(processes, {
    name: "bare",
    command: () => [join(projectRoot, "tests/bench/bare.mjs")],
    cwd: projectRoot,
    environment: {
      DATABASE_URL: app.database.url,
      TOKEN_HASH: createHash("sha256").update(token).digest("hex"),
    },
    path: "/api/health",
  });
  try {
    return await benchView({ app, stock, empty, bare }, { warmUp: 1_500, rounds: 15, times: 100 });
  } finally {
    await bare.stop();
    await empty.stop();
  }
}

const started = performance.now();
await runCommand(async ({ processes }) => {
  const [wish] = process.argv.slice(2);
  const names = Object.keys(parts).filter((name) => wish === undefined || name === wish);
  if (names.length === 0 && wish !== "sweep")
    throw new Problem(`There is no part "${wish}": choose one of ${Object.keys(parts).join(", ")}, sweep.`);
  await build(processes, wish === "sweep" ? ["project"] : ["app", "empty", "stock"]);
  const stopCluster = await startCluster();
  try {
    if (wish === "sweep") await benchSweep();
    else await run(processes, names, wish === undefined);
  } finally {
    await stopCluster();
  }
  say(`\nDone in ${duration(performance.now() - started)}.`);
  return 0;
});

async function run(processes: Processes, names: readonly string[], isWhole: boolean): Promise<void> {
  const app = await startWorld(processes, "app");
  const stock = await startWorld(processes, "stock");
  const rows: Row[] = [];
  const details: Record<string, object> = {};
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (!names.includes(name)) continue;
      const result = await step(`Measuring: ${name}`, () => part({ processes, app, stock }));
      rows.push(...result.rows);
      details[name] = result.details;
      say(`\n${toTable(result.rows)}\n`);
    }
  } finally {
    await stock.stop();
    await app.stop();
  }
  if (!isWhole) return;
  say(`\n${bold("All of it")}\n\n${toTable(rows)}`);
  writeReport(rows, { node: process.version, processor: cpus()[0]?.model, cores: cpus().length, ...details });
}
