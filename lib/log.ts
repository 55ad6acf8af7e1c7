import "server-only";

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
] as const;

/** Second line of defence behind the list of allowed fields: whatever looks like a token, code or JWE is cut out. */
function scrub(text: string): string {
  return text
    .replace(/[0-9a-f]{40,}/gi, "[hidden]")
    .replace(/eyJ[\w-]+\.[\w.-]*/g, "[hidden]")
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}

function write(level: "info" | "warn" | "error", event: string, fields: LogFields): void {
  const line: Record<string, unknown> = { time: new Date().toISOString(), level, event };
  for (const name of allowed) {
    const value = fields[name];
    if (value !== undefined) line[name] = typeof value === "string" ? scrub(value).slice(0, 200) : value;
  }
  process[level === "info" ? "stdout" : "stderr"].write(`${JSON.stringify(line)}\n`);
}

/** Structured log: one line of JSON an event, allow-listed fields only. `error` is what somebody should be woken for. */
export const log = {
  info: (event: string, fields: LogFields = {}) => write("info", event, fields),
  warn: (event: string, fields: LogFields = {}) => write("warn", event, fields),
  error: (event: string, fields: LogFields = {}) => write("error", event, fields),
};

/** The class name of whatever was thrown: enough to find the place, nothing that could hold a secret. */
export function errorName(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
