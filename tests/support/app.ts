import { join } from "node:path";
import { waitForAnswer } from "../../scripts/lib/answers.mjs";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";
import { sendSignal } from "../../scripts/lib/signals.mjs";
import { keepOutput, keepSecrets, secretsOf } from "./run-record";

export interface AppProcess {
  origin: string;
  pid: number;
  /** Everything it has printed. */
  logs(): string;
  stop(): Promise<void>;
  /** SIGKILL: no time to finish anything. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Somebody else took the port between its choice and the start. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
}

/**
 * Runs the production build on this port, with no configuration but what is given here; ready when /api/health answers.
 * Throws PortTaken when the port is gone, and with what it printed when it ends before it is ready.
 *
 * @param folder whose build it is; the project's unless told
 */
export async function startApp(
  port: number,
  environment: Record<string, string>,
  folder = projectRoot,
): Promise<AppProcess> {
  const processes = createProcesses();
  const lines: string[] = [];
  keepSecrets(secretsOf(environment));
  const child = processes.start({
    name: "app",
    command: process.execPath,
    args: [join(projectRoot, "node_modules/next/dist/bin/next"), "start", "-p", `${port}`],
    cwd: folder,
    env: { ...cleanEnvironment(), NODE_ENV: "production", ...environment },
    onLine: (line) => {
      lines.push(line);
      keepOutput("app", line);
    },
  });
  const origin = `http://localhost:${port}`;
  try {
    await waitForAnswer(`${origin}/api/health`, {
      child,
      patience: 60_000,
      accept: (status) => status === 200,
    });
  } catch (error) {
    await processes.stopAll();
    throw lines.some((line) => line.includes("EADDRINUSE")) ? new PortTaken(`Port ${port} is taken`) : error;
  }
  const { pid } = child;
  if (pid === undefined) throw new Error("An app that answers has a process id.");
  return {
    origin,
    pid,
    logs: () => lines.join("\n"),
    stop: () => processes.stopAll(),
    kill: async () => {
      sendSignal({ pid, wholeGroup: true }, "SIGKILL");
      await child.exited;
    },
  };
}
