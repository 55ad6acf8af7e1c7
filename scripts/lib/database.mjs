import { Problem } from "./terminal.mjs";

/** @typedef {import("pg").Client} Client */

/**
 * @param {string} url
 * @returns {string} host, port and database; never the password
 */
export function describeDatabase(url) {
  try {
    const { hostname, port, pathname, search, hash, searchParams } = new URL(url);
    // Where a password's `/`, `?` or `#` was not encoded, or the slashes are missing, parts of it stand in the place of the host, the
    // port and the name.
    if (!/^(\/[^/:@]*)?$/.test(pathname) || search.includes("@") || hash) return "the database";
    return `${decodeURIComponent(pathname.slice(1)) || "postgres"} on ${searchParams.get("host") ?? (hostname || "localhost")}:${port || 5432}`;
  } catch {
    return "the database";
  }
}

/** What a person can do about a refused connection. @type {Record<string, string>} */
const REFUSALS = {
  ECONNREFUSED: "nothing listens there: start PostgreSQL, or mend the host and port",
  ENOTFOUND: "there is no such host: mend its name",
  EAI_AGAIN: "the host's name cannot be looked up: check the network",
  ETIMEDOUT: "it does not answer: check the network and the firewall",
  ECONNRESET: "it hung up: check that it speaks PostgreSQL, and whether it wants TLS (`?sslmode=require`)",
  "28P01": "the password is wrong",
  28000: "it refuses this user from here",
  "3D000": "there is no such database: create it first (`createdb`)",
  53300: "it has no free connection",
  "57P03": "it is starting up or shutting down: try again",
};

/**
 * Does some work on one connection, and closes it.
 * @template T
 * @param {string} url
 * @param {(client: Client) => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {Problem} when it cannot connect; what `work` throws goes through
 */
export async function withClient(url, work) {
  // Not at the top: the package may have been installed only a moment ago.
  const { default: pg } = await import("pg");
  const client = newClient(pg, url);
  // A connection that breaks also rejects the query under way; without a listener it would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const reason = (code && REFUSALS[code]) || (message.includes("timeout") ? REFUSALS.ETIMEDOUT : message);
    throw new Problem(`Cannot connect to ${describeDatabase(url)}: ${reason} (DATABASE_URL).`, {
      cause: error,
    });
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** @param {typeof import("pg").default} pg @param {string} url @returns {Client} */
function newClient(pg, url) {
  try {
    return new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 10_000,
      application_name: "scripts",
    });
  } catch (error) {
    // The driver reads at once what files it names (`sslrootcert`).
    const isFile = error instanceof Error && "syscall" in error;
    const reason = isFile
      ? "a file that it names cannot be read here"
      : "its URL must look like postgresql://user:password@localhost:5432/name";
    throw new Problem(
      `Cannot connect to ${describeDatabase(url)}: ${reason} (DATABASE_URL).`,
      isFile ? { cause: error } : {},
    );
  }
}

/** @param {string} name @returns {string} as an SQL identifier */
export const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

/**
 * Creates a database unless it is there.
 * @param {string} adminUrl @param {string} name
 */
export async function ensureDatabase(adminUrl, name) {
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${quoted(name)}`);
  });
}
