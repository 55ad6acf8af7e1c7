import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/lib/ports.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";
import { clusterAddress, clusterLogin } from "./database";
import { until } from "./until";

export interface Pgbouncer {
  /** `host:port`, for every database of the tests' PostgreSQL. */
  address: string;
  logs(): string;
  stop(): Promise<void>;
}

/** It refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/**
 * Starts PgBouncer in transaction mode in front of the tests' PostgreSQL, with so few server connections that every transaction
 * may meet another one.
 *
 * @param behind where it finds PostgreSQL, if something else stands between the two
 */
export async function startPgbouncer(path: string, behind = clusterAddress()): Promise<Pgbouncer> {
  const { host, port } = behind;
  const { user, password } = clusterLogin();
  const processes = createProcesses();
  const directory = mkdtempSync(join(tmpdir(), "webflow-app-pgbouncer-"));
  const remove = processes.removeAtEnd(directory);
  const own = (name: string, text: string) => {
    const file = join(directory, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (nobody.uid) chownSync(file, nobody.uid, nobody.gid);
    return file;
  };
  if (nobody.uid) chownSync(directory, nobody.uid, nobody.gid);
  const listenPort = await freePort();
  const users = own("users.txt", `"${user}" "${password}"\n`);
  const configuration = own(
    "pgbouncer.ini",
    `[databases]
* = host=${host} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
`,
  );
  const lines: string[] = [];
  const child = processes.start({
    name: "PgBouncer",
    command: path,
    args: [configuration],
    cwd: directory,
    env: { PATH: process.env.PATH },
    ...nobody,
    onLine: (line) => void lines.push(line),
  });
  const stop = async () => {
    await processes.stopAll();
    remove();
  };
  try {
    await Promise.race([
      until(() => accepts(listenPort), "PgBouncer"),
      child.exited.then(() => Promise.reject(new Error(`PgBouncer ended.\n${child.tail()}`))),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: `127.0.0.1:${listenPort}`, logs: () => lines.join("\n"), stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
