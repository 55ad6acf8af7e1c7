import { constants } from "node:os";
import { whenAbandoned } from "./parents.mjs";
import { createProcesses } from "./processes.mjs";
import { complain, say } from "./terminal.mjs";

/**
 * @typedef {object} Command
 * @property {import("./processes.mjs").Processes} processes
 * @property {AbortSignal} interrupted aborted as soon as the command is asked to end
 * @property {(work: () => void | Promise<void>) => void} atEnd done once everything that was started has ended
 */

/**
 * Runs one command from start to end. However it ends (done, a problem, Ctrl-C, SIGTERM, a closed terminal or pipe),
 * everything that it started is ended before it exits.
 * @param {(command: Command) => Promise<number>} work resolves with the exit code
 * @param {{ interruptCode?: number }} [options] the exit code after Ctrl-C; 130 unless told
 */
export async function runCommand(work, { interruptCode = 130 } = {}) {
  const processes = createProcesses();
  const interruption = new AbortController();
  /** @type {(() => void | Promise<void>)[]} */
  const lastThings = [];
  let ending = false;

  /** @param {number} code */
  async function end(code) {
    if (ending) return;
    ending = true;
    interruption.abort();
    try {
      await processes.stopAll();
      for (const thing of lastThings) await thing();
    } catch (error) {
      complain(error);
      code ||= 1;
    }
    process.exit(code);
  }

  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    // npm passes Ctrl-C on although the terminal has sent it already: the second one changes nothing.
    process.on(signal, () => {
      if (!ending && signal !== "SIGHUP") say("\nStopping …");
      end(signal === "SIGINT" ? interruptCode : 128 + constants.signals[signal]);
    });
  }
  whenAbandoned(() => end(128 + constants.signals.SIGTERM));
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => end(1));
  process.on("uncaughtException", (error) => {
    complain(error);
    end(1);
  });

  try {
    const code = await work({
      processes,
      interrupted: interruption.signal,
      atEnd: (thing) => void lastThings.push(thing),
    });
    await end(code);
  } catch (error) {
    // What breaks while everything is being stopped breaks because of that.
    if (!ending) complain(error);
    await end(1);
  }
}
