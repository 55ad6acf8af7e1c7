import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "../clean-environment.mjs";
import { whyInstall } from "../install.mjs";
import { Problem } from "../terminal.mjs";
import { about } from "./findings.mjs";

/** @typedef {import("./findings.mjs").Finding} Finding */
/** @typedef {import("./database.mjs").KeysInUse} KeysInUse */

/** @param {string} root @returns {Finding[]} */
export function checkRuntime(root) {
  const packages = about("packages", "Packages");
  // An older Node.js was turned away before anything else was loaded.
  const findings = [about("node", "Node.js").ok(process.versions.node)];
  try {
    const why = whyInstall(root);
    findings.push(
      why ? packages.wrong(why, "Run `npm ci`.") : packages.ok("as package-lock.json lists them"),
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    findings.push(packages.wrong("package-lock.json cannot be read", error.message));
  }
  return findings;
}

/**
 * Has the app's own code read the environment, and try its keys on what the database knows of them.
 * @param {string} root
 * @param {Record<string, string>} environment
 * @param {KeysInUse} keys
 * @returns {{ problems: string[], closed: string[], wrong: string[], scopes: string[] | null } | undefined} undefined when that code
 *   cannot be run here; closed: the ids of keys that do not open; wrong: of those that are others; scopes: null while there are problems
 */
export function runProbe(root, environment, keys) {
  const probe = fileURLToPath(new URL("probe.ts", import.meta.url));
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", probe],
    {
      cwd: root,
      env: /** @type {NodeJS.ProcessEnv} */ ({ ...environment, ...cleanEnvironment() }),
      input: JSON.stringify(keys),
      encoding: "utf8",
      timeout: 30_000,
    },
  );
  return status === 0 ? JSON.parse(stdout) : undefined;
}

/**
 * @param {ReturnType<typeof runProbe>} probe
 * @param {import("./setup.mjs").Setup} setup
 * @returns {Finding[]}
 */
export function checkEnvironment(probe, { production }) {
  const environment = about("environment", "Environment");
  if (!probe) {
    const tsx = join("node_modules", "tsx");
    return [environment.unknown(`the app's own check could not be run (is ${tsx} installed?)`)];
  }
  if (probe.problems.length === 0) {
    return [environment.ok(production ? "complete" : "complete; what is not configured, npm run dev makes")];
  }
  const where = production ? "the environment of the deployment" : ".env.local";
  return probe.problems.map((problem) => {
    const [detail = problem, mend = "see .env.example"] = problem.split("; ");
    return environment.wrong(detail, `${mend.charAt(0).toUpperCase()}${mend.slice(1)} (in ${where}).`);
  });
}

/** @param {ReturnType<typeof runProbe>} probe @param {KeysInUse | undefined} inUse @returns {Finding} */
export function checkKeys(probe, inUse) {
  const keys = about("keys", "Token keys");
  if (!inUse) return keys.unknown("no database to look for sealed tokens in");
  if (!probe || probe.problems.length > 0) return keys.unknown("the environment has to be complete first");
  if (probe.closed.length > 0) {
    const ids = [...new Set(probe.closed)].join(", ");
    return keys.wrong(
      `tokens in the database are sealed with ${ids}, and TOKEN_KEYS does not open them`,
      `Put the right key back into TOKEN_KEYS under the id ${ids}; without it these connections cannot even be revoked.`,
    );
  }
  if (probe.wrong.length > 0) {
    return keys.wrong(
      `TOKEN_KEYS holds another key than this database knows by the id ${probe.wrong.join(", ")}`,
      "Put the right key back, or give the new one an id of its own; until then nobody can connect.",
    );
  }
  return keys.ok(
    inUse.sealed.length > 0 ? "open what the database holds" : "well-formed; no token is stored yet",
  );
}
