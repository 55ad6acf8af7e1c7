import "server-only";
import { z } from "zod";

// What the values of lib/env.ts may look like. A message follows the variable's name, and never shows the value.

/** One key that opens sealed tokens; the first of `TOKEN_KEYS` also seals. */
export interface TokenKey {
  id: string;
  key: Buffer;
}

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** An origin without a path; https, but on this machine. */
export function toOrigin(value: string, context: z.RefinementCtx): string {
  const url = URL.parse(value);
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== "/" ||
    url.search ||
    url.hash ||
    url.username ||
    url.password
  ) {
    context.addIssue("must be an origin like https://app.example.com, without a path");
    return z.NEVER;
  }
  if (url.protocol === "http:" && !loopback.has(url.hostname)) {
    context.addIssue("must use https; plain http is accepted on localhost only");
    return z.NEVER;
  }
  return url.origin;
}

const origin = z.string().transform(toOrigin);

/** An origin that the client secret or a token is sent to: Webflow's, or this machine's for development. */
export const webflowOrigin = origin.refine((value) => {
  const { hostname } = new URL(value);
  return hostname === "webflow.com" || hostname.endsWith(".webflow.com") || loopback.has(hostname);
}, "must be an origin of webflow.com, or of this machine for a local Webflow");

/** A secret of our own: 32 characters or more, and no placeholder. */
export const secret = z
  .string("is missing; make one with: openssl rand -base64 32")
  .min(32, "must have at least 32 characters; make one with: openssl rand -base64 32")
  .refine(
    (value) => value === value.trim(),
    "must not begin or end with a blank; make one with: openssl rand -base64 32",
  )
  .refine(
    (value) => !isPlaceholder(value) && isVaried(Buffer.from(value)),
    "is a placeholder; make one with: openssl rand -base64 32",
  );

/** One that is sent in a header. */
export const headerSecret = secret.regex(
  /^[\x21-\x7e]*$/,
  "must consist of visible ASCII characters, because a header carries it; make one with: openssl rand -base64 32",
);

/** What documentation and examples write where a value belongs. */
const placeholders = [
  /change.?me|placeholder|your.(app|client|secret|id)|replace.?(me|this|with)|insert.?(your|here)|super.?secret/i,
  /^<.*>$/,
  /^(?:(?:test|secret|todo|undefined|null|none)[\W_]*)+$/i,
  /^(.)\1{2,}$/,
];

function isPlaceholder(value: string): boolean {
  return placeholders.some((pattern) => pattern.test(value));
}

/** Whether they can be random: 32 random bytes never have fewer than eight different ones, or one part over and over, or count up or down. */
function isVaried(bytes: Buffer): boolean {
  const units = [...bytes];
  const repeatsEvery = (length: number) => units.every((unit, n) => n < length || unit === units[n - length]);
  const halfOfIt = Math.floor(units.length / 2);
  const steps = units.slice(1).map((unit, n) => unit - (units[n] ?? 0));
  const counts = [1, -1].some((step) => steps.filter((one) => one === step).length > halfOfIt);
  return (
    !counts && new Set(units).size >= 8 && !units.some((_, n) => n > 0 && n <= halfOfIt && repeatsEvery(n))
  );
}

/** What Webflow gave this app: not ours to judge, but what documentation writes in its place is recognised. */
export function fromWebflow() {
  return z
    .string("is missing; copy it from your app's page at Webflow")
    .min(1, "is empty")
    .refine((value) => !isPlaceholder(value), "is a placeholder; copy it from your app's page at Webflow");
}

export const postgres = z
  .string("is missing; set it to a PostgreSQL connection string")
  .refine(
    (value) => isConnectionString(value),
    "must be a postgresql:// connection string; write what is special in its password as %23 (#), %2F (/), %3F (?), %40 (@)",
  );

/** No driver reads what follows a `#`: it is a password's that was not encoded, and what stands before it is taken for the host. */
function isConnectionString(value: string): boolean {
  const url = URL.parse(value);
  return Boolean(url && /^postgres(ql)?:$/.test(url.protocol) && !url.hash);
}

/** `<id>:<base64 of 32 bytes>`, separated by commas: at least one, each id once. */
export function toTokenKeys(value: string, context: z.RefinementCtx): TokenKey[] {
  const keys = value.split(",").map((entry) => {
    const [, id, encoded] = /^([A-Za-z0-9_-]{1,16}):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim()) ?? [];
    const key = Buffer.from(encoded ?? "", "base64");
    // Node decodes leniently: only what encodes back to itself was strict base64.
    return id && key.length === 32 && key.toString("base64") === encoded ? { id, key } : null;
  });
  const usable = keys.filter((key) => key !== null);
  if (usable.length !== keys.length) {
    context.addIssue("must be a list like k1:<base64 of 32 bytes>; make a key with: openssl rand -base64 32");
    return z.NEVER;
  }
  if (new Set(usable.map(({ id }) => id)).size !== usable.length) {
    context.addIssue("names a key id twice");
    return z.NEVER;
  }
  if (!usable.every(({ key }) => isVaried(key) && !isPlaceholder(key.toString()))) {
    context.addIssue("holds a placeholder; make a key with: openssl rand -base64 32");
    return z.NEVER;
  }
  return usable;
}

export const scopes = z
  .string()
  .transform((value) => [...new Set(value.split(/[\s,]+/).filter(Boolean))])
  .refine(
    (list) => list.length > 0 && !list.includes("openid"),
    "must name at least one Webflow scope (Webflow knows no openid)",
  );

/** `https://app-*-team.vercel.app`: one `*` in the first part of a host name, never the whole of it. */
export const originPatterns = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter(Boolean))
  .refine(
    (list) => list.length > 0 && list.every(isOriginPattern),
    "must list origins like https://app-*-team.vercel.app, with at most one * in the first part of the name",
  );

function isOriginPattern(pattern: string): boolean {
  const local = /^http:\/\/localhost:\d+$/;
  return (
    /^https:\/\/(?:[a-z0-9-]+\*?[a-z0-9-]*|\*[a-z0-9-]+)(?:\.[a-z0-9-]+)+(?::\d+)?$/.test(pattern) ||
    local.test(pattern)
  );
}

export const redirectProxy = z
  .string()
  .refine((value) => value.endsWith("/api/auth"), "must be another deployment's origin and /api/auth")
  .transform((value, context) => `${toOrigin(value.replace(/\/api\/auth$/, ""), context)}/api/auth`);
