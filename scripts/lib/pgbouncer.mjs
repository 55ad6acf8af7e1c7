import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installPackage } from "./apt.mjs";

/**
 * Finds PgBouncer for the fault tests, or installs Debian's package.
 * @param {string} root
 * @param {import("./processes.mjs").Processes} processes
 * @returns {Promise<{ path: string } | { missing: string }>} missing: why there is none
 */
export async function findPgbouncer(root, processes) {
  const found = installed();
  if (found) return { path: found };
  const failure = await installPackage("pgbouncer", { what: "PgBouncer", root, processes });
  const path = installed();
  return path
    ? { path }
    : { missing: `PgBouncer is not in PATH; ${failure ?? "what was installed does not start"}` };
}

/** @returns {string | undefined} a PgBouncer that runs */
function installed() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"].filter(
    Boolean,
  );
  return folders
    .map((folder) => join(folder, "pgbouncer"))
    .find(
      (path) =>
        existsSync(path) && spawnSync(path, ["--version"], { stdio: "ignore", timeout: 15_000 }).status === 0,
    );
}
