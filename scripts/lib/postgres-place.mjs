import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "./terminal.mjs";

/** @typedef {{ uid: number, gid: number }} Account */

/**
 * Where a cluster's files are and who runs it.
 * @typedef {object} Place
 * @property {string} native the binaries
 * @property {string} base an existing folder for the cluster
 * @property {Account | undefined} account whom PostgreSQL has to run as; undefined: as we are
 * @property {string | undefined} note what a person should know about the place
 */

/** Only root writes here, so nothing in it can have been planted by another account. */
const SHARED = "/var/lib/webflow-app-template";
const OTHERWISE =
  "run the command as a normal user, or set DATABASE_URL in .env.local to a PostgreSQL of your own";

/** What PostgreSQL's programs get to see of our environment. @returns {NodeJS.Dict<string>} */
export function postgresEnvironment() {
  const { PATH, SystemRoot, TMPDIR } = process.env;
  return { PATH, SystemRoot, TMPDIR, LC_ALL: "C", TZ: "UTC" };
}

/**
 * Chooses where the cluster lives. PostgreSQL refuses to run as root; then it runs as the account that owns the
 * checkout, or else as `nobody`, and where that account cannot reach it (in root's home, say), from a folder in /var/lib.
 * Whether it can is tried, not computed.
 * @param {import("./postgres-binaries.mjs").Binaries} binaries
 * @param {object} wish
 * @param {string} wish.root the checkout
 * @param {string} wish.preferred a folder to use
 * @param {string} wish.elsewhere the name of one in /var/lib instead
 * @returns {Place}
 * @throws {Problem}
 */
export function choosePlace({ directory: native, version }, { root, preferred, elsewhere }) {
  if (process.getuid?.() !== 0) {
    mkdirSync(preferred, { recursive: true, mode: 0o711 });
    const failure = tryBinary(native, undefined);
    if (failure) throw new Problem(`PostgreSQL does not run here (${failure}): ${OTHERWISE}.`);
    return { native, base: preferred, account: undefined, note: undefined };
  }
  const account = unprivilegedAccount(root);
  const base = join(SHARED, elsewhere);
  // A folder that was out of reach once keeps its data there.
  const inReach = !existsSync(join(base, "cluster")) && canWorkIn(preferred, account);
  const reachable = tryBinary(native, account) === undefined;
  if (inReach && reachable) return { native, base: preferred, account, note: undefined };

  trustSharedDirectory();
  const copied = reachable ? native : copyBinaries(native, version, account);
  if (inReach) return { native: copied, base: preferred, account, note: undefined };
  if (!canWorkIn(base, account)) {
    throw new Problem(`The account that PostgreSQL runs as cannot write in ${base}: ${OTHERWISE}.`);
  }
  return {
    native: copied,
    base,
    account,
    note: `kept in ${base}: the account that PostgreSQL runs as cannot reach this folder`,
  };
}

/** @param {string} root @returns {Account} @throws {Problem} */
function unprivilegedAccount(root) {
  const { uid, gid } = statSync(root);
  const id = (/** @type {string} */ flag) => {
    const { stdout } = spawnSync("id", [flag, "nobody"], { encoding: "utf8" });
    return Number.parseInt(stdout ?? "", 10);
  };
  const account = uid !== 0 ? { uid, gid } : { uid: id("-u"), gid: id("-g") };
  if (!(account.uid > 0))
    throw new Problem(`PostgreSQL refuses root, and there is no account "nobody": ${OTHERWISE}.`);
  const { error } = spawnSync("true", [], { ...account, cwd: "/" });
  if (error) {
    throw new Problem(
      `PostgreSQL refuses root, and this root may not become another account (${error.message}): ${OTHERWISE}.`,
    );
  }
  return account;
}

/**
 * @param {string} native
 * @param {Account | undefined} account
 * @returns {string | undefined} why it does not run
 */
function tryBinary(native, account) {
  const { error, status, stderr } = spawnSync(join(native, "bin/postgres"), ["--version"], {
    ...account,
    cwd: "/",
    encoding: "utf8",
    env: /** @type {NodeJS.ProcessEnv} */ (postgresEnvironment()),
  });
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim().split("\n").at(-1) ?? `exit code ${status}`;
}

/** @param {string} base created if it is not there @param {Account} account @returns {boolean} */
function canWorkIn(base, account) {
  mkdirSync(base, { recursive: true, mode: 0o711 });
  chmodSync(base, 0o711); // whatever the umask is
  const probe = mkdtempSync(join(base, "probe-"));
  try {
    chownSync(probe, account.uid, account.gid);
    const shell = spawnSync("sh", ["-c", 'cd "$1" && test -w .', "sh", probe], { ...account, cwd: "/" });
    return shell.status === 0;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** @throws {Problem} when somebody other than root could have put things there */
function trustSharedDirectory() {
  if (mkdirSync(SHARED, { recursive: true, mode: 0o755 })) chmodSync(SHARED, 0o755);
  for (const path of [SHARED, dirname(SHARED)]) {
    const { uid, mode } = lstatSync(path);
    if (!lstatSync(path).isDirectory() || uid !== 0 || (mode & 0o022) !== 0) {
      throw new Problem(`${path} is not a folder that only root can write, so it is not used: ${OTHERWISE}.`);
    }
  }
}

/**
 * @param {string} native
 * @param {string} version
 * @param {Account} account
 * @returns {string} a copy of the binaries that every account can run
 */
function copyBinaries(native, version, account) {
  const copy = join(SHARED, `postgresql-${version}`);
  if (existsSync(copy) && tryBinary(copy, account) === undefined) return copy;
  const fresh = mkdtempSync(`${copy}.`);
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  for (const entry of ["", ...readdirSync(fresh, { recursive: true, encoding: "utf8" })]) {
    const path = join(fresh, entry);
    const stat = lstatSync(path);
    lchownSync(path, 0, 0);
    if (!stat.isSymbolicLink()) chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  }
  try {
    rmSync(copy, { recursive: true, force: true });
    renameSync(fresh, copy);
  } catch {
    // Another command made the same copy meanwhile.
    rmSync(fresh, { recursive: true, force: true });
  }
  const failure = tryBinary(copy, account);
  if (failure) throw new Problem(`PostgreSQL does not run from ${copy} (${failure}): ${OTHERWISE}.`);
  return copy;
}
