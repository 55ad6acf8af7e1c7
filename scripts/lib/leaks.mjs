import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { single } from "./reports.mjs";

// A run of tests keeps in one folder what the apps and local Webflows that it started have printed, and every secret that they
// had or made. At the end one is looked for in the other.

/** Where a secret can hide: each is a long run of these signs, however it is encoded. */
const LONG_RUN = /[A-Za-z0-9+/_=-]{32,}/g;
/** Of one that is cut off so much is looked for: more than a fingerprint, which is the beginning of a hash. */
const BEGINNING = 40;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** 32 random bytes as the app writes them into a session's cookie: of those no list is needed. */
const SESSION_TOKEN = /(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{43}(?![\w-])/;
/** The shortest that is looked for; what a test sets shorter than that is no secret. */
const SHORTEST = 24;

/** @param {string} folder of the run @param {"output" | "secrets"} kind @param {string[]} lines */
export function keep(folder, kind, lines) {
  appendFileSync(join(folder, `${kind}-${process.pid}`), lines.map((line) => `${line}\n`).join(""), {
    mode: 0o600,
  });
}

/** @param {string} folder @param {"output" | "secrets"} kind @returns {string[]} */
function read(folder, kind) {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${kind}-`))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"))
    .filter(Boolean);
}

/**
 * A secret as it is, and as somebody might have encoded it (its text, or the bytes that it stands for), to be looked for in a `plain` text.
 * @param {string} secret
 * @returns {string[]}
 */
export function disguises(secret) {
  const isHex = /^[0-9a-f]{64}$/.test(secret);
  const readings = [Buffer.from(secret)];
  if (isHex) readings.push(Buffer.from(secret, "hex"));
  else if (/^[\w+/-]{43}=?$/.test(secret)) readings.push(Buffer.from(secret, "base64"));
  const encoded = readings.flatMap((bytes) => [
    bytes.toString("hex"),
    ...[0, 1, 2].map((before) => base64After(before, bytes)),
  ]);
  return [secret, ...(isHex ? [secret.toUpperCase()] : []), ...encoded].map((form) =>
    plain(form).slice(0, BEGINNING),
  );
}

/** Base64 of bytes that so many others stand before and some behind, as in `user:password`: what belongs to these bytes alone. @param {number} before @param {Buffer} bytes */
function base64After(before, bytes) {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
  return whole.slice(before && before + 1, -2);
}

/** The same signs for the same, whichever Base64 it is, and without what JSON and URLs put before some. @param {string} text */
export function plain(text) {
  return text
    .replace(/%2B|\+/gi, "-")
    .replace(/%2F|\\?\//gi, "_")
    .replace(/%3D/gi, "=");
}

/**
 * Looks through everything that was printed. What it answers says where a secret is, never which.
 * @param {string} folder of the run
 * @param {string[]} expected what must have printed something: a search through nothing proves nothing
 * @returns {import("./reports.mjs").Result}
 */
export function findLeaks(folder, expected) {
  const output = read(folder, "output");
  const secrets = [...new Set(read(folder, "secrets"))].filter(({ length }) => length >= SHORTEST);
  const silent = expected.find((name) => !output.some((line) => line.startsWith(`${name} `)));
  if (silent) return single(false, `Secrets in the output: nothing was kept of any ${silent}`);
  if (expected.length > 0 && secrets.length === 0)
    return single(false, "Secrets in the output: none was kept");
  const forms = secrets.flatMap(disguises);
  /** @type {Map<string, boolean>} */
  const known = new Map();
  /** @param {string} run */
  const holdsSecret = (run) => {
    const before = known.get(run);
    if (before !== undefined) return before;
    const found = forms.some((form) => run.includes(form));
    known.set(run, found);
    return found;
  };
  const isToken = (/** @type {string} */ run) => !UUID.test(run) && SESSION_TOKEN.test(run);
  const leaks = output.filter(
    (line) => line.match(LONG_RUN)?.some(isToken) || plain(line).match(LONG_RUN)?.some(holdsSecret),
  );
  const places = new Set(leaks.map((line) => `A secret in the output of ${describe(line)}`));
  return { passed: places.size === 0 ? 1 : 0, failed: places.size, skipped: 0, failures: [...places] };
}

/** The process that printed it and, of a line of our log, its event. @param {string} line @returns {string} */
function describe(line) {
  const [, name = "", event] = /^(\S+) (?:.*"event":"(\w+)")?/.exec(line) ?? [];
  return event ? `${name}: ${event}` : name;
}
