import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { inspectProcess } from "./process-info.mjs";
import { sendSignal } from "./signals.mjs";

/**
 * @typedef {object} Start
 * @property {string} name what a person calls it
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.Dict<string>} env the whole environment: nothing is added
 * @property {string} cwd
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {NodeJS.Signals} [signal] what makes it end in good order; SIGTERM unless told
 * @property {boolean} [wholeGroup] whether the signal goes to its children too; true unless told
 * @property {boolean} [inherit] prints straight to the terminal; nothing is kept then
 * @property {(line: string) => void} [onLine] sees each line that it prints
 *
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, error?: NodeJS.ErrnoException }} Exit
 *
 * @typedef {object} Child
 * @property {string} name
 * @property {boolean} wholeGroup whether what it started belongs to it
 * @property {number | undefined} pid undefined when it could not be started
 * @property {Promise<Exit>} exited never rejects
 * @property {() => string} tail the last lines that it printed
 * @property {(limit?: number) => Promise<void>} stop ends it and what it started; by force after `limit` ms
 */

/** Lines that are kept of each child, for the day it dies. */
const KEPT_LINES = 60;

/**
 * Starts one process. It is known only when `createProcesses` does it.
 * @param {Start} options
 * @param {(identity: string | undefined, pid: number) => void} register told the identity at the start, undefined at the end
 * @returns {Child}
 */
export function startChild(options, register) {
  const { name, command, args, cwd, env, uid, gid, inherit, onLine } = options;
  const { signal = "SIGTERM", wholeGroup = true } = options;
  /** @type {string[]} */
  const lines = [];
  const child = spawn(command, args, {
    cwd,
    env: /** @type {NodeJS.ProcessEnv} */ (env),
    uid,
    gid,
    // Its own group: Ctrl-C reaches it through us, in order, and its children can be ended with it.
    detached: process.platform !== "win32",
    stdio: ["ignore", inherit ? "inherit" : "pipe", inherit ? "inherit" : "pipe"],
  });
  const { pid } = child;
  if (pid !== undefined) {
    const identity = inspectProcess(pid)?.identity;
    if (identity) register(identity, pid);
  }
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      const parts = (rest + text).split(/\r?\n/);
      rest = parts.pop() ?? "";
      for (const line of parts) keep(line);
    });
    stream?.on("close", () => rest && keep(rest));
  }
  /** @param {string} line */
  function keep(line) {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine?.(line);
  }

  let ended = false;
  /** @type {Promise<Exit>} */
  const exited = new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, error }));
    child.once("exit", (code, exitSignal) => {
      // "close" tells that its last words are read; a grandchild that keeps the pipe open must not delay us for ever.
      const done = () => resolve({ code, signal: exitSignal });
      child.once("close", done);
      setTimeout(done, 500).unref();
    });
  });
  exited.then(() => {
    ended = true;
    if (pid === undefined) return;
    if (wholeGroup && process.platform !== "win32") sendSignal({ pid, wholeGroup }, "SIGKILL");
    register(undefined, pid);
  });

  return {
    name,
    pid,
    wholeGroup,
    exited,
    tail: () => lines.join("\n"),
    async stop(limit = 8_000) {
      if (pid === undefined || ended) return;
      sendSignal({ pid, wholeGroup }, signal);
      const timer = new AbortController();
      const late = pause(limit, true, { signal: timer.signal }).catch(() => false);
      if (await Promise.race([exited.then(() => false), late])) sendSignal({ pid, wholeGroup }, "SIGKILL");
      timer.abort();
      await exited;
    },
  };
}

/** @param {Exit} exit @returns {string} */
export function describeExit({ code, signal, error }) {
  if (error) return `could not be started: ${error.message}`;
  return signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
}
