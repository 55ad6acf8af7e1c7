import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { derivedEnvironment, planDevelopment } from "../development.mjs";
import { peekSecrets, readConfiguration } from "../local-env.mjs";
import { lockHolder } from "../lock.mjs";

/**
 * What is being looked at: the environment that the app would get.
 * @typedef {object} Setup
 * @property {Record<string, string>} environment
 * @property {boolean} production
 * @property {boolean} localDatabase made by `npm run dev`, and only there while it runs
 * @property {boolean} localWebflow
 * @property {boolean} running whether `npm run dev` runs in this checkout
 */

/**
 * The set-up of `npm run dev` (what nobody configured is made by it), or with `production` that of `npm start`.
 * @param {string} root
 * @param {NodeJS.Dict<string>} given
 * @param {boolean} production
 * @returns {Setup}
 * @throws {import("../terminal.mjs").Problem} when the settings contradict each other
 */
export function readSetup(root, given, production) {
  if (production) {
    const environment = readConfiguration(root, given, "production");
    return { environment, production, localDatabase: false, localWebflow: false, running: false };
  }
  const configuration = readConfiguration(root, given);
  const plan = planDevelopment(configuration);
  const holder = lockHolder(join(root, ".local/dev.lock"));
  const urlFile = join(root, ".local/database-url");
  const derived = derivedEnvironment(plan, {
    configuration,
    secrets: peekSecrets(root),
    databaseUrl: existsSync(urlFile) ? readFileSync(urlFile, "utf8").trim() : "postgresql://localhost/none",
    origin: holder?.url ?? `http://localhost:${plan.port}`,
    emulatorOrigin: holder?.emulator ?? "http://127.0.0.1:4100",
  });
  /** @type {Record<string, string>} */
  const environment = { ...configuration };
  for (const [name, value] of Object.entries(derived)) if (value !== undefined) environment[name] = value;
  return {
    environment,
    production,
    localDatabase: plan.embeddedDatabase,
    localWebflow: plan.localWebflow,
    running: holder !== undefined,
  };
}
