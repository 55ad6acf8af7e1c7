import { join } from "node:path";
import { waitForAnswer } from "../../scripts/lib/answers.mjs";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";

export interface AppProcess {
  origin: string;
  /** Everything it has printed. */
  logs(): string;
  stop(): Promise<void>;
}

/** Runs the production build on this port, with no configuration but what is given here. */
export async function startApp(port: number, environment: Record<string, string>): Promise<AppProcess> {
  const processes = createProcesses();
  const lines: string[] = [];
  const child = processes.start({
    name: "app",
    command: process.execPath,
    args: [join(projectRoot, "node_modules/next/dist/bin/next"), "start", "-p", `${port}`],
    cwd: projectRoot,
    env: { ...cleanEnvironment(), NODE_ENV: "production", ...environment },
    onLine: (line) => void lines.push(line),
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
    throw error;
  }
  return { origin, logs: () => lines.join("\n"), stop: () => processes.stopAll() };
}
