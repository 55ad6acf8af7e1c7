import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { takeLock } from "./lock.mjs";
import { localDirectory } from "./paths.mjs";
import { Problem, say, step } from "./terminal.mjs";

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   dependencies?: Record<string, string>, devDependencies?: Record<string, string> }} LockedPackage
 */

/** @param {string} path @returns {{ packages?: Record<string, LockedPackage> } | undefined} */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** What tells that the registry is out of reach; ENOTCACHED is npm's word for it when it may ask its cache only. */
const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|E(NET|HOST)UNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED/;
/** How long the registry may take to answer, in milliseconds. */
const REGISTRY_PATIENCE = 15_000;

/** Written by us when `npm ci` is through: which lock file, on which system. @param {string} root */
const stampFile = (root) => join(root, "node_modules/.installed");

/** @param {string} root @returns {string} */
function stamp(root) {
  const hash = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${hash} ${process.platform}-${process.arch}\n`;
}

/**
 * Decides whether `npm ci` has to run, by what package-lock.json wants and what npm says it installed.
 * @param {string} root
 * @returns {string | undefined} why; undefined when everything is there
 * @throws {Problem} when package-lock.json cannot be read
 */
export function whyInstall(root) {
  const wanted = readLock(join(root, "package-lock.json"))?.packages;
  if (!wanted)
    throw new Problem(
      "package-lock.json is missing or damaged: `git checkout package-lock.json` brings it back.",
    );
  // npm writes this file last: without it an installation was interrupted, or never begun.
  const installed = readLock(join(root, "node_modules/.package-lock.json"))?.packages;
  if (!installed)
    return existsSync(join(root, "node_modules")) ? "the last installation did not end" : "first start";
  const stamped = existsSync(stampFile(root)) && readFileSync(stampFile(root), "utf8") === stamp(root);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.link) continue;
    const found = installed[path];
    if (found && found.version !== entry.version) return "package-lock.json changed";
    // What an optional package needs may be known to npm only; after an installation of ours the rest is not to be had.
    const needed = !entry.optional || (!stamped && isForThisMachine(entry));
    if (!found && needed) return stamped ? "a package is missing" : "package-lock.json changed";
  }
  const { dependencies, devDependencies } = wanted[""] ?? {};
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    if (!existsSync(join(root, "node_modules", name, "package.json"))) return `${name} is missing`;
  }
  return undefined;
}

/** @param {LockedPackage} entry @returns {boolean} whether an optional package names this system as its own */
function isForThisMachine({ os, cpu, libc }) {
  if (!os?.includes(process.platform) || !cpu?.includes(process.arch)) return false;
  return libc === undefined || libc.includes(hasGlibc() ? "glibc" : "musl");
}

/** @returns {boolean} whether this Linux has the C library of most, and not Alpine's; npm asks Node the same */
function hasGlibc() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header?.glibcVersionRuntime !== undefined;
}

/**
 * Installs exactly what package-lock.json lists, unless it is there already. Two commands at once: the second waits.
 * @param {string} root
 * @param {import("./processes.mjs").Processes} processes
 * @throws {Problem} in words when npm fails
 */
export async function ensureInstalled(root, processes) {
  if (!whyInstall(root)) return;
  const path = join(localDirectory(root), "install.lock");
  let lock = takeLock(path);
  if (!lock.taken) say(`Waiting for process ${lock.holder.pid}, which is installing …`);
  for (; !lock.taken; lock = takeLock(path)) await pause(200);
  try {
    const reason = whyInstall(root);
    if (reason) await step(`Installing packages (npm ci; ${reason})`, () => install(root, processes));
  } finally {
    lock.release();
  }
}

/** @param {string} root @param {import("./processes.mjs").Processes} processes */
async function install(root, processes) {
  // Gone first: an installation that is interrupted from here on counts as none.
  for (const file of [stampFile(root), join(root, "node_modules/.package-lock.json")])
    rmSync(file, { force: true });
  const offline = await isRegistryOutOfReach(root, processes);
  if (offline) say("  The npm registry cannot be reached: trying with what npm has in its cache.");
  const { code, error, output } = await npm(root, processes, [
    ...["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"],
    offline ? "--offline" : "--prefer-offline",
  ]);
  if (error)
    throw new Problem(`npm could not be started (${error.message}): is it installed beside Node.js?`);
  if (code !== 0) throw new Problem(explainNpm(output));
  mkdirSync(join(root, "node_modules"), { recursive: true });
  writeFileSync(stampFile(root), stamp(root));
}

/** @param {string} root @param {import("./processes.mjs").Processes} processes @param {string[]} args */
function npm(root, processes, args) {
  const running = process.env.npm_execpath;
  const isNpm = running !== undefined && /^npm(-cli)?\.c?js$/.test(basename(running));
  return processes.run({
    name: "npm",
    command: isNpm ? process.execPath : process.platform === "win32" ? "npm.cmd" : "npm",
    args: isNpm ? [running, ...args] : args,
    cwd: root,
    env: process.env,
    // It takes seconds to end by itself, and what it leaves is installed again anyway.
    signal: "SIGKILL",
  });
}

/**
 * Without a network npm asks for each of some hundred packages several times: minutes until it gives up. One question
 * of ours tells sooner. Behind a proxy only npm can ask.
 * @param {string} root @param {import("./processes.mjs").Processes} processes
 */
async function isRegistryOutOfReach(root, processes) {
  const { output } = await npm(root, processes, ["config", "get", "registry", "proxy", "https-proxy"]);
  const registry = /^registry=(.*)$/m.exec(output)?.[1] ?? "";
  if (!URL.canParse(registry) || /^(https-)?proxy=(?!null$)/m.test(output)) return false;
  try {
    await fetch(registry, { method: "HEAD", signal: AbortSignal.timeout(REGISTRY_PATIENCE) });
    return false;
  } catch (error) {
    const { cause, name } = /** @type {Error & { cause?: NodeJS.ErrnoException }} */ (error);
    return name === "TimeoutError" || UNREACHABLE.test(cause?.code ?? "");
  }
}

/** @param {string} output of a failed npm @returns {string} */
export function explainNpm(output) {
  const again = "and run the command again";
  if (/ENOSPC|No space left on device/.test(output))
    return `npm ci: the disk is full: free some room ${again}.`;
  if (UNREACHABLE.test(output)) {
    const host = /https?:\/\/[^/\s"']+/.exec(output)?.[0] ?? "the npm registry";
    return `npm ci: ${host} cannot be reached: check the network, the proxy and \`npm config get registry\` ${again}.`;
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `npm ci: this account may not write here: \`sudo chown -R $(id -un) .\` makes the folder yours; then run the command again.`;
  }
  if (/EUSAGE/.test(output)) {
    const what = /^npm error ((?:Missing|Invalid): .*)$/m.exec(output)?.[1];
    return `npm ci: package.json and package-lock.json disagree${what ? ` (${what})` : ""}: run \`npm install\` ${again}.`;
  }
  const lines = output.split("\n");
  const errors = lines.filter((line) => line.startsWith("npm error") && !line.includes("complete log"));
  return `npm ci failed:\n${(errors.length > 0 ? errors : lines).slice(0, 12).join("\n")}`;
}
