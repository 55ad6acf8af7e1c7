import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./ports.mjs";
import { findBinaries } from "./postgres-binaries.mjs";
import { endOrphan, openCluster, reasonFrom } from "./postgres-data.mjs";
import { choosePlace, postgresEnvironment } from "./postgres-place.mjs";
import { Problem } from "./terminal.mjs";

/**
 * A running PostgreSQL.
 * @typedef {object} Postgres
 * @property {(database?: string) => string} url holds the password: never print it
 * @property {number} port on 127.0.0.1
 * @property {string} data
 * @property {string | undefined} note what a person should know about where it is
 * @property {import("./child.mjs").Child} child
 * @property {() => Promise<void>} stop fast shutdown: nothing committed is lost
 *
 * @typedef {object} PostgresOptions
 * @property {string} root where node_modules is
 * @property {string} directory a folder for the cluster; made if needed
 * @property {string} elsewhere the name of a folder in /var/lib, used when root's stand-in cannot reach `directory`
 * @property {boolean} durable whether what is committed survives the loss of power; slower
 * @property {number} [port] the wished one
 * @property {import("./processes.mjs").Processes} processes
 */

/** How long a server may take to start, in milliseconds: after a crash it first repeats what was not yet written. */
const START_PATIENCE = 120_000;
/** How long processes of a killed server may take to notice, in milliseconds. */
const LEFTOVER_PATIENCE = 15_000;

/**
 * Starts PostgreSQL from the binaries that npm installed, on 127.0.0.1 with a password, and with no socket file.
 * Cleans up first what an earlier, killed one left. Two at once on one folder are the caller's to prevent.
 * @param {PostgresOptions} options
 * @returns {Promise<Postgres>} ready for connections
 * @throws {Problem} in words, with the mend
 */
export async function startPostgres(options) {
  const { root, directory, elsewhere, durable, processes } = options;
  const binaries = findBinaries(root);
  const place = choosePlace(binaries, { root, preferred: directory, elsewhere });
  const cluster = await openCluster(place, { major: binaries.major, durable, processes });
  await endOrphan(cluster.data);
  const deadline = Date.now() + LEFTOVER_PATIENCE;
  for (let wished = options.port; ; ) {
    const port = await freePort(wished);
    const { child, failure } = await startServer(place.native, cluster, { port, durable, processes });
    if (!failure) {
      return {
        url: (database = "postgres") =>
          `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/${database}`,
        port,
        data: cluster.data,
        note: place.note,
        child,
        stop: () => child.stop(30_000),
      };
    }
    if (Date.now() < deadline && /could not bind|Address already in use/.test(failure)) {
      wished = undefined; // taken between our look and its start
    } else if (
      Date.now() < deadline &&
      /pre-existing shared memory block|lock file .* already exists/.test(failure)
    ) {
      await pause(100); // processes of a killed server end by themselves
    } else {
      throw new Problem(
        `The local database in ${cluster.data} does not start: ${reasonFrom(failure)}. If its files are damaged, move ` +
          "that folder's parent away to start with an empty one.",
      );
    }
  }
}

/**
 * @param {string} native
 * @param {import("./postgres-data.mjs").Cluster} cluster
 * @param {{ port: number, durable: boolean, processes: import("./processes.mjs").Processes }} options
 * @returns {Promise<{ child: import("./child.mjs").Child, failure?: string }>}
 */
async function startServer(native, { data, account }, { port, durable, processes }) {
  const fast = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    // A socket file would have to lie where others can reach it.
    unix_socket_directories: "",
    log_min_messages: "warning",
    ...(durable ? {} : fast),
  };
  /** @type {() => void} */
  let announce = () => {};
  const ready = new Promise((resolve) => (announce = () => resolve("ready")));
  const child = processes.start({
    name: "PostgreSQL",
    command: join(native, "bin/postgres"),
    args: ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    ...account,
    cwd: data,
    env: postgresEnvironment(),
    signal: "SIGINT",
    // Its own children take a signal of ours for a wish to cancel; the server tells them what to do.
    wholeGroup: false,
    onLine: (line) => line.includes("database system is ready to accept connections") && announce(),
  });
  const late = new AbortController();
  const outcome = await Promise.race([
    ready,
    child.exited,
    pause(START_PATIENCE, "late", { signal: late.signal, ref: false }).catch(() => "late"),
  ]);
  late.abort();
  if (outcome === "ready") return { child };
  await child.stop();
  return { child, failure: child.tail() || "it does not answer" };
}
