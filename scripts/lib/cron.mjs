import { join } from "node:path";
import { localSecrets, readConfiguration } from "./local-env.mjs";
import { lockHolder } from "./lock.mjs";
import { Problem } from "./terminal.mjs";

const PATIENCE = 60_000;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Asks the running app for one of its operator's tasks, as a scheduler does: the app has the keys and the database, whoever
 * asks needs AUTH_URL and CRON_SECRET only.
 * @param {object} options
 * @param {string} options.root the project, for its .env files
 * @param {"GET" | "POST"} options.method
 * @param {`/api/cron/${string}`} options.path
 * @returns {Promise<Record<string, unknown>>} what the app answered
 * @throws {Problem} when it cannot be asked or refuses
 */
export async function askApp({ root, method, path }) {
  const configured = readConfiguration(root, process.env);
  // Not configured: the app that `npm run dev` runs, at the port that it got.
  const { AUTH_URL = lockHolder(join(root, ".local/dev.lock"))?.url ?? "http://localhost:3000" } = configured;
  const { protocol, hostname, origin } = new URL(URL.canParse(AUTH_URL) ? AUTH_URL : "none:");
  if (protocol !== "https:" && !(protocol === "http:" && LOOPBACK.includes(hostname)))
    throw new Problem(
      "AUTH_URL must be the running app's origin, like https://app.example.com: CRON_SECRET is sent there.",
    );
  // A secret that `npm run dev` made is for nobody but this machine.
  const { CRON_SECRET = hostname === "localhost" ? localSecrets(root).CRON_SECRET : undefined } = configured;
  if (!CRON_SECRET)
    throw new Problem(
      `Set CRON_SECRET to the secret that the app at ${origin} was started with, or AUTH_URL to another running app's origin.`,
    );
  /** @type {Response} */
  let response;
  /** @type {unknown} */
  let body;
  try {
    response = await fetch(new URL(path, origin), {
      method,
      headers: { authorization: `Bearer ${CRON_SECRET}` },
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    body = await response.json().catch(() => undefined);
  } catch {
    throw new Problem(`${origin} does not answer: start the app there, or mend AUTH_URL.`);
  }
  if (response.status === 401)
    throw new Problem(`${origin} refuses this CRON_SECRET: it was started with another.`);
  if (response.status === 429)
    throw new Problem(`Asked too often: try again in ${response.headers.get("retry-after")} s.`);
  if (!response.ok || typeof body !== "object" || body === null)
    throw new Problem(`${origin}${path} answered ${response.status}: its log says why.`);
  return { ...body };
}
