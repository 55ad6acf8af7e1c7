import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * @typedef {object} ProcessInfo
 * @property {string} identity differs between two processes that had the same id one after the other
 * @property {number} parent
 * @property {string} command its command line; empty where the system does not tell
 */

/**
 * Looks honestly whether a process lives: a zombie is dead, and a number that was given to another process since is
 * told apart by its identity.
 * @param {number} pid
 * @returns {ProcessInfo | undefined} undefined when no such process lives
 */
export function inspectProcess(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === "linux") return inspectLinux(pid);
  if (process.platform === "win32")
    return isAlive(pid) ? { identity: `${pid}`, parent: 0, command: "" } : undefined;
  const { stdout } = spawnSync("ps", ["-ww", "-o", "stat=,ppid=,lstart=,args=", "-p", `${pid}`], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  // "Ss   1   Mon Nov 23 10:11:12 2026 /path/postgres -D /data"
  const match = /^\s*(\S+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/m.exec(stdout ?? "");
  if (!match?.[1] || match[1].startsWith("Z")) return undefined;
  return { identity: `${pid}:${match[3]}`, parent: Number(match[2]), command: match[4] ?? "" };
}

/** @param {number} pid @returns {ProcessInfo | undefined} */
function inspectLinux(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): "pid (name) state ..."; the name may hold spaces and brackets. The parent is field 4, the start field 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { identity: `${boot}:${pid}:${fields[19]}`, parent: Number(fields[1]), command };
  } catch {
    return undefined;
  }
}

/** @param {number} pid @returns {boolean} */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/** This process, as others may check it. */
export const ownIdentity = inspectProcess(process.pid)?.identity ?? `${process.pid}`;
