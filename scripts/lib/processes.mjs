import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startChild } from "./child.mjs";
import { inspectProcess } from "./process-info.mjs";

/** @typedef {import("./child.mjs").Child} Child */
/** @typedef {import("./child.mjs").Exit} Exit */
/** @typedef {import("./child.mjs").Start} Start */

/**
 * The processes that one command starts, so that they end with it: on request in order, and through a guard process
 * when the command itself is killed.
 */
export function createProcesses() {
  /** @type {Set<Child>} */
  const children = new Set();
  let stopping = false;
  /** @type {import("node:stream").Writable | undefined} */
  let guardInput;

  /** @param {object} message */
  function tellGuard(message) {
    if (!guardInput) {
      const script = fileURLToPath(new URL("guard.mjs", import.meta.url));
      const guard = spawn(process.execPath, [script], {
        cwd: "/",
        detached: true,
        env: /** @type {NodeJS.ProcessEnv} */ ({}),
        stdio: ["pipe", "ignore", "ignore"],
      });
      guard.on("error", () => {});
      guard.stdin.on("error", () => {});
      guard.unref();
      guardInput = guard.stdin;
      // A pipe would keep this command alive for ever.
      /** @type {{ unref?: () => void }} */ (guard.stdin).unref?.();
    }
    guardInput?.write(`${JSON.stringify(message)}\n`);
  }

  return {
    /** @param {Start} options @returns {Child} */
    start(options) {
      // What was on its way when the end began must not outlive it.
      if (stopping) throw new Error(`${options.name} is not started: everything is being stopped`);
      const child = startChild(options, (identity, pid) => {
        tellGuard(
          identity
            ? {
                watch: {
                  pid,
                  identity,
                  signal: options.signal ?? "SIGTERM",
                  wholeGroup: options.wholeGroup ?? true,
                },
              }
            : { forget: pid },
        );
      });
      children.add(child);
      child.exited.then(() => children.delete(child));
      return child;
    },

    /** Runs a command to its end. @param {Start} options @returns {Promise<Exit & { output: string }>} */
    async run(options) {
      const child = this.start(options);
      const exit = await child.exited;
      return { ...exit, output: child.tail() };
    },

    /** Has a folder removed when this command ends, however it ends. @param {string} path */
    removeAtEnd(path) {
      tellGuard({ leftover: path });
      return () => {
        rmSync(path, { recursive: true, force: true, maxRetries: 5 });
        tellGuard({ removed: path });
      };
    },

    /** Who to kill after a kill -9 of this command and its guard; a lone process (PostgreSQL) has its own way. */
    list() {
      return [...children].flatMap(({ pid, wholeGroup }) => {
        const identity = pid === undefined ? undefined : inspectProcess(pid)?.identity;
        return pid !== undefined && identity && wholeGroup ? [{ pid, identity }] : [];
      });
    },

    /** Ends all that still runs, the newest first, and starts nothing any more. */
    async stopAll() {
      stopping = true;
      for (const child of [...children].reverse()) await child.stop();
    },
  };
}

/** @typedef {ReturnType<typeof createProcesses>} Processes */
