import "server-only";
import { z } from "zod";
import { site } from "@/lib/site";
import {
  fromWebflow,
  headerSecret,
  originPatterns,
  postgres,
  redirectProxy,
  scopes,
  secret,
  toOrigin,
  toTokenKeys,
  webflowOrigin,
} from "./env-formats";

/** What is wrong with the environment: every problem at once, by name and with the mend, never a value. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  constructor(readonly problems: string[]) {
    super(`The environment is not complete:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

const schema = z.object({
  DATABASE_URL: postgres,
  AUTH_SECRET: secret,
  AUTH_URL: z.string("is missing; set it to the public origin of this app").transform(toOrigin),
  WEBFLOW_CLIENT_ID: fromWebflow(),
  WEBFLOW_CLIENT_SECRET: fromWebflow(),
  WEBFLOW_SCOPES: scopes.prefault(site.scopes.join(" ")),
  WEBFLOW_OAUTH_URL: webflowOrigin.prefault("https://webflow.com"),
  WEBFLOW_API_URL: webflowOrigin.prefault("https://api.webflow.com"),
  TOKEN_KEYS: z.string("is missing; set it to k1:<base64 of 32 bytes>").transform(toTokenKeys),
  CRON_SECRET: headerSecret.optional(),
  CLIENT_ADDRESS_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, "must be the name of a header, like x-real-ip")
    .transform((name) => name.toLowerCase())
    .optional(),
  AUTH_REDIRECT_PROXY_URL: redirectProxy.optional(),
  PREVIEW_ORIGINS: originPatterns.optional(),
  PREVIEW_AUTH_SECRET: secret.optional(),
});

export type Env = z.infer<typeof schema>;

/** Vercel knows the app's own origin; everywhere else AUTH_URL says it. */
function vercelOrigin(source: NodeJS.ProcessEnv): string | undefined {
  const production = source.VERCEL_ENV === "production" ? source.VERCEL_PROJECT_PRODUCTION_URL : undefined;
  const host = production ?? source.VERCEL_BRANCH_URL ?? source.VERCEL_URL;
  return source.VERCEL && host ? `https://${host}` : undefined;
}

/**
 * Reads and checks the app's configuration.
 *
 * @throws EnvironmentError that lists every problem by variable name and mend, and shows no value
 */
export function parseEnv(source: NodeJS.ProcessEnv): Env {
  // An empty variable is how many dashboards and .env files say "not set".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = schema.safeParse({
    ...given,
    AUTH_URL: given.AUTH_URL ?? vercelOrigin(source),
    // Vercel overwrites this one, whatever a client sends.
    CLIENT_ADDRESS_HEADER:
      given.CLIENT_ADDRESS_HEADER ?? (source.VERCEL ? "x-vercel-forwarded-for" : undefined),
  });
  const wrong = result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  const halfAPair =
    Boolean(given.PREVIEW_AUTH_SECRET) === Boolean(given.PREVIEW_ORIGINS)
      ? []
      : ["PREVIEW_AUTH_SECRET and PREVIEW_ORIGINS must be set together, or neither"];
  const problems = [...wrong, ...repeatedSecrets(given), ...halfAPair];
  if (!result.success || problems.length > 0) throw new EnvironmentError(problems);
  return result.data;
}

/** Secrets that are another secret over again: what leaks one would leak both. Looks at the text, right or wrong. */
function repeatedSecrets(given: Record<string, string | undefined>): string[] {
  const { AUTH_SECRET, WEBFLOW_CLIENT_SECRET, CRON_SECRET, PREVIEW_AUTH_SECRET, TOKEN_KEYS = "" } = given;
  const keys = TOKEN_KEYS.split(",").map(
    (entry) => ["TOKEN_KEYS", entry.replace(/^[^:]*:/, "").trim()] as const,
  );
  const all = [
    ["AUTH_SECRET", AUTH_SECRET],
    ["WEBFLOW_CLIENT_SECRET", WEBFLOW_CLIENT_SECRET],
    ["CRON_SECRET", CRON_SECRET],
    ["PREVIEW_AUTH_SECRET", PREVIEW_AUTH_SECRET],
    ...keys,
  ] as const;
  return all.flatMap(([name, value], index) => {
    const first = all.find(([, other]) => value && other === value);
    return first && all.indexOf(first) < index
      ? [`${name} repeats ${first[0]}; each needs a value of its own: openssl rand -base64 32`]
      : [];
  });
}

let parsed: Env | undefined;

/**
 * The app's configuration, checked at first use and then kept. Not read while building: a build needs no environment.
 *
 * @throws EnvironmentError
 */
export function env(): Env {
  if (!parsed) {
    parsed = parseEnv(process.env);
    // NextAuth reads this one by itself, and without it takes the origin from a header of the request.
    process.env.AUTH_URL = parsed.AUTH_URL;
  }
  return parsed;
}

/** Every secret of the configuration as it could show in a text; none before it was read. */
export function knownSecrets(): string[] {
  if (!parsed) return [];
  const { AUTH_SECRET, CRON_SECRET, PREVIEW_AUTH_SECRET, WEBFLOW_CLIENT_SECRET, TOKEN_KEYS } = parsed;
  const keys = TOKEN_KEYS.map(({ key }) => key.toString("base64"));
  const optional = [CRON_SECRET, PREVIEW_AUTH_SECRET].filter((secret) => secret !== undefined);
  return [AUTH_SECRET, WEBFLOW_CLIENT_SECRET, ...keys, ...optional];
}

/** Whether this is `next dev`, whose pages need a laxer Content Security Policy. */
export function isDevelopment(): boolean {
  return process.env.NODE_ENV === "development";
}

/** Whether requests come to this process as they were sent. Vercel reads and routes them itself, before each function. */
export function isOwnServer(): boolean {
  return !process.env.VERCEL;
}

/** At the start of a server: when the environment is not complete, says what is wrong and ends the process with 1. */
export function checkEnvAtStart(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    // Next would go on listening, and answer everything with an error.
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
