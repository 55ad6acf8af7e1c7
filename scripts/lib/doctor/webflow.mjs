import { parseHttpUrl } from "../http-url.mjs";
import { about } from "./findings.mjs";

/** @typedef {import("./findings.mjs").Finding} Finding */

const PATIENCE = 10_000;
const MOST_BYTES = 64 * 1024;

/** @param {string} url @param {RequestInit} [init] @returns {Promise<{ status: number, text: string } | undefined>} undefined without an answer */
async function ask(url, init = {}) {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...init });
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MOST_BYTES) break;
    }
    return { status: response.status, text };
  } catch {
    return undefined;
  }
}

/** @param {string} text @returns {Record<string, unknown>} */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * Asks Webflow for a token with a code that cannot exist: who is known is told `invalid_grant`, who is not `invalid_client`.
 * Spends nothing and changes nothing. The secret goes nowhere that the app itself would not send it.
 * @param {import("./setup.mjs").Setup} setup
 * @param {string[] | null} problems what the app says of its environment, when it could be asked
 * @returns {Promise<Finding>}
 */
export async function checkCredentials({ environment, localWebflow }, problems) {
  const point = about("credentials", "Webflow app");
  if (localWebflow) return point.ok("the local Webflow plays it (WEBFLOW_CLIENT_ID is not set)");
  const { WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET, AUTH_URL } = environment;
  if (!WEBFLOW_CLIENT_ID || !WEBFLOW_CLIENT_SECRET)
    return point.unknown("WEBFLOW_CLIENT_ID and WEBFLOW_CLIENT_SECRET are not both set");
  const { WEBFLOW_API_URL } = environment;
  if (WEBFLOW_API_URL && (problems?.some((problem) => problem.startsWith("WEBFLOW_API_URL ")) ?? true))
    return point.unknown("nothing was sent to WEBFLOW_API_URL: the app does not take it for Webflow's");
  const answer = await ask(`${WEBFLOW_API_URL ?? "https://api.webflow.com"}/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      client_id: WEBFLOW_CLIENT_ID,
      client_secret: WEBFLOW_CLIENT_SECRET,
      code: "npm-run-doctor-has-no-code",
      grant_type: "authorization_code",
      redirect_uri: redirectUri(AUTH_URL),
    }),
  });
  if (!answer) return point.unknown("Webflow cannot be reached from here");
  const { error } = parse(answer.text);
  if (error === "invalid_grant") return point.ok("Webflow knows these credentials");
  if (error === "invalid_client") {
    return point.wrong(
      "Webflow does not know these credentials",
      "Copy WEBFLOW_CLIENT_ID and WEBFLOW_CLIENT_SECRET again from the app's page at Webflow.",
    );
  }
  return point.unknown(`Webflow answered ${answer.status} in a way that says neither yes nor no`);
}

/**
 * Opens the consent page as nobody: Webflow shows a 400 page when the redirect URI or a scope is not registered.
 * @param {import("./setup.mjs").Setup} setup
 * @param {string[] | null} scopes what the app asks for, when that is known
 * @returns {Promise<Finding>}
 */
export async function checkRegistration({ environment, localWebflow }, scopes) {
  const point = about("registration", "Redirect URL");
  const { AUTH_URL, WEBFLOW_CLIENT_ID, WEBFLOW_OAUTH_URL = "https://webflow.com" } = environment;
  const uri = redirectUri(AUTH_URL);
  if (!uri) return point.unknown("AUTH_URL is not set");
  const { hostname, port } = new URL(uri);
  if (hostname === "127.0.0.1" || hostname === "[::1]") {
    return point.wrong(
      `AUTH_URL names ${hostname}, which Next.js rewrites to localhost`,
      `Set AUTH_URL to http://localhost${port && `:${port}`} and open the app there.`,
    );
  }
  if (localWebflow) return point.ok(`${uri}, registered at the local Webflow`);
  if (!WEBFLOW_CLIENT_ID || !scopes) return point.unknown(`register exactly ${uri}`);
  const query = new URLSearchParams({
    response_type: "code",
    client_id: WEBFLOW_CLIENT_ID,
    scope: scopes.join(" "),
    redirect_uri: uri,
    state: "npm-run-doctor",
  });
  const answer = await ask(`${WEBFLOW_OAUTH_URL}/oauth/authorize?${query}`);
  if (!answer) return point.unknown(`Webflow cannot be reached from here; it must be exactly ${uri}`);
  if (answer.status === 400) {
    return point.wrong(
      "Webflow refuses to ask for consent",
      `At Webflow, register exactly ${uri} and the scopes ${scopes.join(" ")}.`,
    );
  }
  if (answer.status === 200) return point.ok(uri);
  return point.unknown(`Webflow wants somebody signed in first; it must be exactly ${uri}`);
}

/** @param {string | undefined} address @returns {string} empty when there is no usable AUTH_URL */
function redirectUri(address = "") {
  const url = parseHttpUrl(address);
  return url ? `${url.origin}/api/auth/callback/webflow` : "";
}

/**
 * Whether the app answers at AUTH_URL, and says that it is ready.
 * @param {import("./setup.mjs").Setup} setup
 * @returns {Promise<Finding>}
 */
export async function checkApp({ environment, production, running }) {
  const point = about("app", "App");
  const url = parseHttpUrl(environment.AUTH_URL ?? "");
  if (!url) return point.unknown("AUTH_URL is not set");
  // Only this of it is shown: who wrote more may have written a password.
  const { origin } = url;
  const health = await ask(`${origin}/api/health`);
  if (!health) {
    const start = production ? "nothing answers there from here" : "not running; `npm run dev` starts it";
    return point.unknown(`${origin}: ${running ? "does not answer yet" : start}`);
  }
  if (parse(health.text).status !== "ok") return point.unknown(`something else answers at ${origin}`);
  const ready = await ask(`${origin}/api/ready`);
  if (ready?.status === 503) {
    return point.wrong(
      `${origin} runs and is not ready`,
      "Its database or its TOKEN_KEYS is wrong there: look for `not_ready` in its log.",
    );
  }
  return ready?.status === 200
    ? point.ok(`${origin} is ready`)
    : point.unknown(`${origin}/api/ready does not answer`);
}
