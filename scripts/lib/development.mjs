import { parseHttpUrl } from "./http-url.mjs";
import { Problem } from "./terminal.mjs";

/**
 * What `npm run dev` has to do, decided from the configuration alone.
 * @typedef {object} Plan
 * @property {boolean} embeddedDatabase
 * @property {boolean} localWebflow
 * @property {number} port the wished one
 * @property {boolean} portIsFixed no other port will do
 * @property {string | undefined} publicOrigin where browsers reach the app, when it is not http://localhost:PORT
 */

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * @param {Record<string, string>} configuration of readConfiguration
 * @returns {Plan}
 * @throws {Problem} when the settings contradict each other
 */
export function planDevelopment(configuration) {
  const { WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET, DATABASE_URL, DIRECT_URL, PORT, AUTH_URL } =
    configuration;
  if (Boolean(WEBFLOW_CLIENT_ID) !== Boolean(WEBFLOW_CLIENT_SECRET)) {
    const [is, isNot] = WEBFLOW_CLIENT_ID ? ["ID", "SECRET"] : ["SECRET", "ID"];
    throw new Problem(
      `WEBFLOW_CLIENT_${is} is set and WEBFLOW_CLIENT_${isNot} is not: set both for the real Webflow, or neither for ` +
        "the local one.",
    );
  }
  if (DIRECT_URL && !DATABASE_URL) {
    throw new Problem(
      "DIRECT_URL is set and DATABASE_URL is not: set DATABASE_URL too, or neither for a local database.",
    );
  }
  if (PORT !== undefined && !(/^\d+$/.test(PORT) && Number(PORT) > 0 && Number(PORT) < 65_536)) {
    throw new Problem("PORT is not a port: give a number from 1 to 65535, or leave it out.");
  }
  const own = AUTH_URL === undefined ? undefined : readOrigin(AUTH_URL);
  const isLocal = own?.protocol === "http:" && LOOPBACK.includes(own.hostname);
  const ownPort = own && isLocal ? Number(own.port || 80) : undefined;
  if (PORT !== undefined && ownPort !== undefined && ownPort !== Number(PORT)) {
    throw new Problem(
      `AUTH_URL names port ${ownPort} and PORT says ${PORT}: make them agree, or leave one of them out.`,
    );
  }
  return {
    embeddedDatabase: !DATABASE_URL,
    localWebflow: !WEBFLOW_CLIENT_ID,
    port: PORT !== undefined ? Number(PORT) : (ownPort ?? 3000),
    portIsFixed: PORT !== undefined || ownPort !== undefined,
    publicOrigin: own?.origin,
  };
}

/** @param {string} url @returns {URL} */
function readOrigin(url) {
  const parsed = parseHttpUrl(url);
  if (parsed) return parsed;
  throw new Problem(
    "AUTH_URL is not a URL: it is the app's address, such as http://localhost:3000, or leave it out.",
  );
}

/**
 * What the app gets beside the environment and the .env files that Next.js reads itself: only what they do not say,
 * so that each setting has one reader.
 * @param {Plan} plan
 * @param {object} given
 * @param {Record<string, string>} given.configuration
 * @param {Record<string, string>} given.secrets of localSecrets
 * @param {string | undefined} given.databaseUrl of the embedded database
 * @param {string} given.origin http://localhost:PORT
 * @param {string | undefined} given.emulatorOrigin
 * @returns {NodeJS.Dict<string>}
 */
export function derivedEnvironment(plan, { configuration, secrets, databaseUrl, origin, emulatorOrigin }) {
  /** @type {NodeJS.Dict<string>} */
  const derived = { AUTH_URL: plan.publicOrigin ?? origin };
  for (const name of ["AUTH_SECRET", "TOKEN_KEYS", "CRON_SECRET"]) {
    if (!configuration[name]) derived[name] = secrets[name];
  }
  if (plan.embeddedDatabase) Object.assign(derived, { DATABASE_URL: databaseUrl, DIRECT_URL: databaseUrl });
  if (plan.localWebflow) {
    Object.assign(derived, {
      WEBFLOW_CLIENT_ID: secrets.WEBFLOW_CLIENT_ID,
      WEBFLOW_CLIENT_SECRET: secrets.WEBFLOW_CLIENT_SECRET,
      WEBFLOW_OAUTH_URL: emulatorOrigin,
      WEBFLOW_API_URL: emulatorOrigin,
    });
  }
  return derived;
}

/**
 * What Next.js is told: to listen for this machine alone. Whoever reaches its dev server can restart it, open its debugger and
 * read our sources.
 * @param {number} port
 * @returns {string[]}
 */
export const devArguments = (port) => ["dev", "--port", `${port}`, "--hostname", "localhost"];
