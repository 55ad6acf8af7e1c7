import { setTimeout as pause } from "node:timers/promises";
import { describeExit } from "./child.mjs";
import { Problem } from "./terminal.mjs";

/**
 * Waits until a server really answers.
 * @param {string} url
 * @param {object} options
 * @param {import("./child.mjs").Child} options.child whose answer it is; when it ends there is nothing to wait for
 * @param {number} options.patience in milliseconds
 * @param {(status: number) => boolean} [options.accept] whether an answer will do; any does unless told
 * @returns {Promise<number>} the HTTP status
 * @throws {Problem} with the child's last words
 */
export async function waitForAnswer(url, { child, patience, accept = () => true }) {
  let ended = false;
  const end = child.exited.then((exit) => {
    ended = true;
    throw new Problem(`The ${child.name} ${describeExit(exit)}.\n${child.tail()}`);
  });
  const asking = (async () => {
    let last = "nothing listens there";
    for (const deadline = Date.now() + patience; Date.now() < deadline && !ended; await pause(50)) {
      try {
        const signal = AbortSignal.timeout(Math.max(1, deadline - Date.now()));
        const response = await fetch(url, { redirect: "manual", signal });
        await response.arrayBuffer();
        if (accept(response.status)) return response.status;
        last = `it answers ${response.status}`;
      } catch {
        // Not listening yet.
      }
    }
    throw new Problem(`${url} is not ready after ${patience / 1000} s: ${last}.\n${child.tail()}`);
  })();
  return Promise.race([asking, end]);
}
