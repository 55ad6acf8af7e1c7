import { projectRoot } from "../paths.mjs";
import { checkDatabase } from "./database.mjs";
import { checkEnvironment, checkKeys, checkRuntime, runProbe } from "./environment.mjs";
import { readSetup } from "./setup.mjs";
import { checkApp, checkCredentials, checkRegistration } from "./webflow.mjs";

/**
 * Looks at everything that a set-up needs, and changes nothing.
 * @param {object} options
 * @param {string} options.folder where the .env files are
 * @param {NodeJS.Dict<string>} options.given the environment, which wins over them
 * @param {boolean} options.production the set-up of `npm start`, not that of `npm run dev`
 * @returns {Promise<import("./findings.mjs").Finding[]>}
 * @throws {import("../terminal.mjs").Problem} when the settings contradict each other
 */
export async function examine({ folder, given, production }) {
  const runtime = checkRuntime(projectRoot);
  // Everything further needs the packages.
  if (runtime.some(({ status }) => status === "wrong")) return runtime;
  const setup = readSetup(folder, given, production);
  const database = await checkDatabase(setup);
  const probe = runProbe(projectRoot, setup.environment, database.keys ?? { sealed: [], known: [] });
  const webflow = await Promise.all([
    checkRegistration(setup, probe?.scopes ?? null),
    checkCredentials(setup, probe?.problems ?? null),
    checkApp(setup),
  ]);
  return [
    ...runtime,
    ...checkEnvironment(probe, setup),
    ...database.findings,
    checkKeys(probe, database.keys),
    ...webflow,
  ];
}
