import { spawnSync } from "node:child_process";

/**
 * @typedef {object} Target
 * @property {number} pid
 * @property {NodeJS.Signals} signal what makes it end in good order
 * @property {boolean} wholeGroup whether the processes that it started get the signal too
 */

/**
 * Sends a signal to a child that was started as the leader of its own process group.
 * @param {Pick<Target, "pid" | "wholeGroup">} target
 * @param {NodeJS.Signals} signal
 * @returns {boolean} false when it was gone already
 */
export function sendSignal({ pid, wholeGroup }, signal) {
  if (process.platform === "win32") {
    const { status } = spawnSync("taskkill", ["/pid", `${pid}`, "/T", "/F"], { stdio: "ignore" });
    return status === 0;
  }
  try {
    process.kill(wholeGroup ? -pid : pid, signal);
    return true;
  } catch {
    return false;
  }
}
