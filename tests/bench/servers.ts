import { connect } from "node:net";
import { join } from "node:path";
import { waitForAnswer } from "../../scripts/lib/answers.mjs";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/ports.mjs";
import type { Processes } from "../../scripts/lib/processes.mjs";
import { until } from "../support/until";

export const nextCommand = join(projectRoot, "node_modules/next/dist/bin/next");
/** What is built; `app` is the project with an empty page beside its own (build.ts makes it). */
export const folders = {
  project: projectRoot,
  app: join(projectRoot, ".local/bench/app"),
  empty: join(projectRoot, "tests/bench/empty"),
  stock: join(projectRoot, "tests/bench/stock"),
};
export type Folder = keyof typeof folders;

/** A server whose CPU time is measured. */
export interface Server {
  origin: string;
  /** Milliseconds of CPU time, user and system, that its process has used so far. */
  cpuTime(): Promise<number>;
  stop(): Promise<void>;
}

interface ServerStart {
  name: string;
  /** Script and arguments for Node.js, given the port. */
  command: (port: number) => string[];
  cwd: string;
  environment: Record<string, string>;
  /** Its first answer here says that it is ready; null: as soon as it listens. */
  path: string | null;
  port?: number;
}

export async function startServer(
  processes: Processes,
  { name, command, cwd, environment, path, port: wished }: ServerStart,
): Promise<Server> {
  const port = wished ?? (await freePort());
  const waiting: ((microseconds: number) => void)[] = [];
  const child = processes.start({
    name,
    command: process.execPath,
    args: ["--import", join(projectRoot, "tests/bench/process-cpu.mjs"), ...command(port)],
    cwd,
    env: { ...cleanEnvironment(), NODE_ENV: "production", PORT: `${port}`, ...environment },
    onLine: (line) => {
      const told = /^cpu-microseconds (\d+)$/.exec(line)?.[1];
      if (told) waiting.shift()?.(Number(told));
    },
  });
  const origin = `http://localhost:${port}`;
  if (path === null) await until(() => listens(port), `${name} listens`, 60_000);
  else await waitForAnswer(`${origin}${path}`, { child, patience: 60_000 });
  return {
    origin,
    cpuTime: () =>
      new Promise((resolve, reject) => {
        waiting.push((microseconds) => resolve(microseconds / 1000));
        child.exited.then(() => reject(new Error(`${name} has ended:\n${child.tail()}`)));
        process.kill(child.pid ?? Number.NaN, "SIGUSR2");
      }),
    stop: () => child.stop(),
  };
}

/** Whether somebody listens on this port of localhost. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "localhost", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** `next start` of one of the builds. */
export function startNext(
  processes: Processes,
  folder: Folder,
  options: { environment?: Record<string, string>; path: string | null; port?: number },
): Promise<Server> {
  return startServer(processes, {
    name: folder,
    command: (port) => [nextCommand, "start", "-p", `${port}`],
    cwd: folders[folder],
    environment: {},
    ...options,
  });
}
