import { mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that these scripts belong to, whatever the working directory is. */
export const projectRoot = realpathSync(join(dirname(fileURLToPath(import.meta.url)), "../.."));

/**
 * The git-ignored folder for what belongs to this machine only. Others may pass through it, not list it: PostgreSQL
 * runs as another account when the command runs as root.
 * @param {string} [root]
 * @returns {string}
 */
export function localDirectory(root = projectRoot) {
  const directory = join(root, ".local");
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  return directory;
}
