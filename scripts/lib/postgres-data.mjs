import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { postgresEnvironment } from "./postgres-place.mjs";
import { inspectProcess } from "./process-info.mjs";
import { sendSignal } from "./signals.mjs";
import { Problem } from "./terminal.mjs";

/**
 * A cluster on disk: PostgreSQL's data and, beside it, the password that it was made with.
 * @typedef {object} Cluster
 * @property {string} data
 * @property {string} password
 * @property {import("./postgres-place.mjs").Account | undefined} account who owns the data, hence who runs it
 */

/** @param {string} output of a program of PostgreSQL @returns {string} why it failed, in a few words */
export function reasonFrom(output) {
  if (/No space left on device|Disk quota exceeded/i.test(output)) return "the disk is full";
  const lines = output.split("\n").filter((line) => /\b(FATAL|PANIC|error|could not)\b/i.test(line));
  return (
    (lines.at(-1) ?? output.split("\n").at(-1) ?? "").replace(/^.*?(FATAL|PANIC|error):\s*/, "") ||
    "no reason given"
  );
}

/**
 * Opens the cluster in a folder; makes it first if it is not there. An interrupted making leaves nothing that counts.
 * @param {import("./postgres-place.mjs").Place} place
 * @param {{ major: number, durable: boolean, processes: import("./processes.mjs").Processes }} options
 * @returns {Promise<Cluster>}
 * @throws {Problem}
 */
export async function openCluster(place, { major, durable, processes }) {
  const cluster = join(place.base, "cluster");
  for (const name of readdirSync(place.base)) {
    if (name.startsWith("new-") || name.startsWith("probe-"))
      rmSync(join(place.base, name), { recursive: true });
  }
  if (!existsSync(cluster)) await makeCluster(place, cluster, durable, processes);
  const data = join(cluster, "data");
  const account = claimData(data, place.account);
  const found = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  if (found !== `${major}`) {
    throw new Problem(
      `The local database in ${cluster} was made by PostgreSQL ${found}, and ${major} is installed: dump it with the old ` +
        `one if you need it, then \`mv '${cluster}' '${cluster}-${found}'\` and start again with an empty one.`,
    );
  }
  return { data, account, password: readFileSync(join(cluster, "password"), "utf8") };
}

/**
 * @param {import("./postgres-place.mjs").Place} place
 * @param {string} cluster
 * @param {boolean} durable
 * @param {import("./processes.mjs").Processes} processes
 */
async function makeCluster({ native, base, account }, cluster, durable, processes) {
  const fresh = mkdtempSync(join(base, "new-"));
  chmodSync(fresh, account ? 0o711 : 0o700);
  const data = join(fresh, "data");
  const given = join(fresh, "given");
  const password = randomBytes(24).toString("base64url");
  mkdirSync(data, { mode: 0o700 });
  for (const path of [given, join(fresh, "password")])
    writeFileSync(path, password, { mode: 0o600, flag: "wx" });
  if (account) for (const path of [data, given]) chownSync(path, account.uid, account.gid);
  const { code, error, output } = await processes.run({
    name: "initdb",
    command: join(native, "bin/initdb"),
    args: [
      ...["-D", data, "-U", "postgres", `--pwfile=${given}`, "--auth=scram-sha-256"],
      ...["--encoding=UTF8", "--locale=C", ...(durable ? [] : ["--no-sync"])],
    ],
    ...account,
    cwd: data,
    env: postgresEnvironment(),
  });
  rmSync(given, { force: true });
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Problem(
      `The local database could not be made in ${base}: ${error?.message ?? reasonFrom(output)}.`,
    );
  }
  renameSync(fresh, cluster);
}

/**
 * PostgreSQL runs only as the owner of its data. Data of a normal user stays that user's when root runs the command;
 * data that became root's, by copying the checkout, is handed over.
 * @param {string} data
 * @param {import("./postgres-place.mjs").Account | undefined} account
 */
function claimData(data, account) {
  const { uid, gid } = statSync(data);
  if (!account) {
    if (process.getuid === undefined || uid === process.getuid()) return undefined;
    throw new Problem(
      `${data} belongs to another account (${uid}): \`sudo chown -R $(id -un) .local\` makes it yours.`,
    );
  }
  if (uid !== 0) return { uid, gid };
  for (const entry of ["", ...readdirSync(data, { recursive: true, encoding: "utf8" })]) {
    lchownSync(join(data, entry), account.uid, account.gid);
  }
  return account;
}

/** How long an orphan may take to write its buffers, in milliseconds. */
const ORPHAN_PATIENCE = 60_000;

/**
 * Makes way for a new server on the same data after a kill -9: stops one that still runs, and removes a lock file
 * whose process id is a zombie's or somebody else's by now. The caller makes sure that no other command of this
 * checkout is using the server.
 * @param {string} data
 * @returns {Promise<boolean>} whether a server had to be stopped
 * @throws {Problem}
 */
export async function endOrphan(data) {
  const lockFile = join(data, "postmaster.pid");
  if (!existsSync(lockFile)) return false;
  const pid = Number.parseInt(readFileSync(lockFile, "utf8"), 10);
  const orphan = inspectProcess(pid);
  // Whole, as we start it: a pager on the server's log names the folder too, and is not ours to end.
  const isServer = process.platform === "win32" || `${orphan?.command} `.includes(` -D ${data} `);
  if (!orphan || !isServer) {
    // PostgreSQL itself still looks whether any process of the old server uses the old shared memory.
    rmSync(lockFile, { force: true });
    return false;
  }
  const lives = () => inspectProcess(pid)?.identity === orphan.identity;
  sendSignal({ pid, wholeGroup: false }, "SIGINT"); // fast shutdown: nothing is lost
  for (const deadline = Date.now() + ORPHAN_PATIENCE; lives(); await pause(25)) {
    if (Date.now() > deadline) {
      throw new Problem(
        `An earlier PostgreSQL (process ${pid}) does not end: \`kill -9 ${pid}\`, then try again.`,
      );
    }
  }
  return true;
}
