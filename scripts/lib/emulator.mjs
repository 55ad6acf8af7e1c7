import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describeExit } from "./child.mjs";
import { Problem } from "./terminal.mjs";

/** What the emulator prints when it is ready. */
const READY = /Local Webflow: (http:\/\/\S+)/;
/** How long it may take to start, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Starts the local Webflow as a process of its own.
 * @param {object} options
 * @param {string} options.root
 * @param {number} options.port 0 for any free one
 * @param {{ id: string, secret: string }} options.client the app that it knows
 * @param {string} options.appOrigin where it may send people back to
 * @param {import("./processes.mjs").Processes} options.processes
 * @param {(line: string) => void} [options.onLine]
 * @returns {Promise<{ origin: string, child: import("./child.mjs").Child }>} ready for requests
 * @throws {Problem} with its last words when it ends or does not get ready
 */
export async function startEmulator({ root, port, client, appOrigin, processes, onLine }) {
  const { PATH, HOME, TMPDIR, SystemRoot, FORCE_COLOR, NO_COLOR } = process.env;
  /** @type {(origin: string) => void} */
  let announce = () => {};
  /** @type {Promise<string>} */
  const ready = new Promise((resolve) => (announce = resolve));
  const child = processes.start({
    name: "local Webflow",
    command: process.execPath,
    // The loader instead of the tsx command: one process, which gets the signals itself.
    args: ["--import", "tsx", join(root, "tests/emulator/main.ts"), "--port", `${port}`],
    cwd: root,
    env: {
      ...{ PATH, HOME, TMPDIR, SystemRoot, FORCE_COLOR, NO_COLOR },
      WEBFLOW_CLIENT_ID: client.id,
      WEBFLOW_CLIENT_SECRET: client.secret,
      AUTH_URL: appOrigin,
    },
    onLine(line) {
      const origin = READY.exec(line)?.[1];
      if (origin) announce(origin);
      onLine?.(line);
    },
  });
  const late = new AbortController();
  const outcome = await Promise.race([
    ready,
    child.exited,
    pause(PATIENCE, undefined, { signal: late.signal, ref: false }).catch(() => undefined),
  ]);
  late.abort();
  if (typeof outcome === "string") return { origin: outcome, child };
  await child.stop();
  const why = outcome ? describeExit(outcome) : `is not ready after ${PATIENCE / 1000} s`;
  throw new Problem(`The local Webflow ${why}.\n${child.tail()}`);
}
