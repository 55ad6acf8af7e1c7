import "server-only";
import { knownSecrets } from "@/lib/env";
import { requestId } from "@/lib/request-id";

/** Everything that a log line may carry beside its event. Nothing that Webflow, a browser or a person sent goes in whole. */
export interface LogFields {
  grantId?: string;
  userId?: string;
  /** First 128 bits of the SHA-256 of a token. */
  fingerprint?: string;
  /** Of a key in TOKEN_KEYS: its name, not the key. */
  keyId?: string;
  /** One of a closed list: a connect error, an outcome, a state. */
  code?: string;
  status?: number;
  attempt?: number;
  count?: number;
  durationMs?: number;
  /** The class of an error, never its message. */
  error?: string;
  /** Next's name for an error of a page; the page shows it. */
  digest?: string;
  /** A route as its file says it (`/dashboard/disconnect/[id]`), never the URL. */
  route?: string;
  /** Of the request, where the line is not written in its course; else it is known. */
  requestId?: string;
  /** Where an error was thrown: file, line and column. */
  at?: string;
  /** What a library said to the console; lib/console.ts alone. */
  message?: string;
}

const allowed = [
  "grantId",
  "userId",
  "fingerprint",
  "keyId",
  "code",
  "status",
  "attempt",
  "count",
  "durationMs",
  "error",
  "digest",
  "route",
  "requestId",
  "at",
  "message",
] as const satisfies (keyof LogFields)[];

/** Characters of a text that are looked at, and written. */
const most = { read: 2_000, written: 500 };

/**
 * Second line of defence behind the list of allowed fields: our own secrets, and whatever looks like a token, code, JWE,
 * session token or password in a URL, is cut out; control characters (ANSI, CR LF) too. Of a long text its beginning.
 */
export function scrub(text: string): string {
  const known = knownSecrets().reduce((rest, secret) => rest.replaceAll(secret, "[hidden]"), text);
  // What the end cuts through would not be recognised: it goes.
  const read = known.length > most.read ? known.slice(0, most.read).replace(/\S*$/, "") : known;
  return read
    .replace(/\/\/[^\s/@]*@/g, "//[hidden]@")
    .replace(/eyJ[\w-]+\.[\w.-]*/g, "[hidden]")
    .replace(/(?=[\w+-]*\d)[\w+-]{40,}={0,2}/g, "[hidden]")
    .replace(/(code|state|token|secret|password)=[^\s&"']+/gi, "$1=[hidden]")
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .slice(0, most.written);
}

type Level = "info" | "warn" | "error";

function write(level: Level, event: string, fields: LogFields): void {
  const line: Record<string, unknown> = { time: new Date().toISOString(), level, event };
  for (const name of allowed) {
    const value = fields[name];
    if (value !== undefined) line[name] = typeof value === "string" ? scrub(value) : value;
  }
  void requestId().then((id) => {
    const whole = id === null || line.requestId ? line : { ...line, requestId: id };
    process[level === "info" ? "stdout" : "stderr"].write(`${JSON.stringify(whole)}\n`);
  });
}

/** Structured log: one line of JSON an event, allow-listed fields only, with the id of the request. `error` is what somebody should be woken for. */
export const log = {
  info: (event: string, fields: LogFields = {}) => write("info", event, fields),
  warn: (event: string, fields: LogFields = {}) => write("warn", event, fields),
  error: (event: string, fields: LogFields = {}) => write("error", event, fields),
};

/** The class name of whatever was thrown: enough to find the place, nothing that could hold a secret. */
export function errorName(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
