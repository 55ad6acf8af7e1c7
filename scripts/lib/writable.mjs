import { accessSync, constants, existsSync, lstatSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { Problem } from "./terminal.mjs";

/** What the commands write, and how deep to look there. @type {[string, number][]} */
const WRITTEN = [
  ["", 0],
  [".local", 1],
  [".next", 2],
  ["node_modules", 0],
  ["lib/generated", 1],
];

/**
 * Makes sure that this account may write what the commands will write: a run with sudo leaves files that are root's,
 * which Next.js would trip over later and with less words.
 * @param {string} root the checkout
 * @throws {Problem} that names the first such path
 */
export function assertWritable(root) {
  for (const [path, depth] of WRITTEN) {
    const start = join(root, path);
    if (!existsSync(start)) continue;
    const failing = findUnwritable(start, depth);
    if (!failing) continue;
    const name = relative(root, failing.path) || root;
    if (failing.readOnly)
      throw new Problem(`${name} is on a read-only file system: use a folder that can be written.`);
    throw new Problem(
      `${name} cannot be written by this account (an earlier run with sudo?): ` +
        "`sudo chown -R $(id -un) .` makes it yours.",
    );
  }
}

/** @param {string} path @param {number} depth @returns {{ path: string, readOnly: boolean } | undefined} */
function findUnwritable(path, depth) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return undefined; // replaced, not written: its folder counts
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    if (depth === 0) return undefined;
    for (const name of readdirSync(path)) {
      // PostgreSQL's data may be another account's, on purpose.
      if (name === "postgres") continue;
      const failing = findUnwritable(join(path, name), depth - 1);
      if (failing) return failing;
    }
  } catch (error) {
    return { path, readOnly: /** @type {NodeJS.ErrnoException} */ (error).code === "EROFS" };
  }
}
