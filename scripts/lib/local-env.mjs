import { randomBytes, randomUUID } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
// Named imports of what an old Node lacks would fail before it can be told so.
import util from "node:util";
import { localDirectory } from "./paths.mjs";
import { Problem } from "./terminal.mjs";

/**
 * What the developer configured: the environment, then .env.local, then .env, as Next.js ranks them. An empty value
 * counts as not configured, so that a copied .env.example changes nothing.
 * @param {string} root
 * @param {NodeJS.Dict<string>} environment
 * @param {"development" | "production"} [mode] whose files count: those of `next dev`, or of `next start`
 * @returns {Record<string, string>}
 * @throws {Problem} when a file cannot be read
 */
export function readConfiguration(root, environment, mode = "development") {
  /** @type {Record<string, string>} */
  const configuration = {};
  // The files that Next.js reads, strongest first.
  const names = [`.env.${mode}.local`, ".env.local", `.env.${mode}`, ".env"];
  const files = names
    .map((name) => readEnvFile(join(root, name)))
    .map((values) => expandAll(values, environment));
  for (const source of [environment, ...files]) {
    for (const [name, value] of Object.entries(source)) {
      if (value !== undefined && value.trim() !== "") configuration[name] ??= value;
    }
  }
  return configuration;
}

/**
 * `$NAME`, `${NAME}` and `${NAME:-otherwise}` stand for other variables, and `\\$` for a dollar, as in Next.js: both
 * must read the same password.
 * @param {NodeJS.Dict<string>} values
 * @param {NodeJS.Dict<string>} environment
 * @returns {NodeJS.Dict<string>}
 */
function expandAll(values, environment) {
  /** @param {string} text @param {number} depth @returns {string} */
  const expand = (text, depth) =>
    text.replace(/(?<!\\)\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (_, braced, otherwise, plain) => {
      const found = environment[braced ?? plain] ?? values[braced ?? plain];
      return (found && depth < 10 ? expand(found, depth + 1) : found) || (otherwise ?? "");
    });
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, expand(value ?? "", 0).replaceAll("\\$", "$")]),
  );
}

/** @param {string} path @returns {NodeJS.Dict<string>} empty when there is no such file */
function readEnvFile(path) {
  if (!existsSync(path)) return {};
  return util.parseEnv(readFileSync(path, "utf8"));
}

/** How each local secret is made. @type {Record<string, () => string>} */
const MAKERS = {
  AUTH_SECRET: () => randomBytes(32).toString("base64url"),
  TOKEN_KEYS: () => `k1:${randomBytes(32).toString("base64")}`,
  CRON_SECRET: () => randomBytes(32).toString("base64url"),
  // Webflow's are 64 hexadecimal digits; the local Webflow takes any.
  WEBFLOW_CLIENT_ID: () => randomBytes(32).toString("hex"),
  WEBFLOW_CLIENT_SECRET: () => randomBytes(32).toString("hex"),
  /** Names this checkout's folder in /var/lib, where it needs one. */
  CHECKOUT_ID: () => randomUUID(),
};

const HEADING = `# Made once by the scripts for this machine, and kept: TOKEN_KEYS opens the tokens in the local database.
# Not for production. Your own values belong in .env.local; they win.
`;

/**
 * The secrets of this machine: made the first time, never changed afterwards, readable by this account only.
 * @param {string} root
 * @returns {Record<string, string>}
 * @throws {Problem} when the file belongs to somebody else
 */
export function localSecrets(root) {
  const path = join(localDirectory(root), "secrets.env");
  const known = /** @type {Record<string, string>} */ (readSecrets(path));
  const missing = Object.keys(MAKERS).filter((name) => !known[name]);
  if (missing.length === 0) return known;
  const all = { ...known };
  for (const name of missing) all[name] = MAKERS[name]?.() ?? "";
  const text =
    HEADING +
    Object.entries(all)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join("");
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, text, { mode: 0o600, flag: "wx", flush: true });
  try {
    if (existsSync(path)) renameSync(fresh, path);
    else linkSync(fresh, path);
  } catch (error) {
    // Two commands at once: the other one's are as good, and are kept.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return localSecrets(root);
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return all;
}

/**
 * The secrets of this machine as they are, and made-up ones for those that are missing. Writes nothing.
 * @param {string} root
 * @returns {Record<string, string>}
 */
export function peekSecrets(root) {
  const known = readEnvFile(join(root, ".local/secrets.env"));
  return Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, known[name] ?? make()]));
}

/** @param {string} path @returns {NodeJS.Dict<string>} */
function readSecrets(path) {
  if (!existsSync(path)) return {};
  const { uid, mode } = statSync(path);
  const own = process.getuid?.();
  if (own !== undefined && own !== 0 && own !== uid) {
    throw new Problem(
      `${path} belongs to another account: \`sudo chown -R $(id -un) .local\` makes it yours.`,
    );
  }
  if (process.platform !== "win32" && (mode & 0o077) !== 0) chmodSync(path, 0o600);
  return util.parseEnv(readFileSync(path, "utf8"));
}
