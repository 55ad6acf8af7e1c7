import { keep } from "../../scripts/lib/leaks.mjs";

/** Where `scripts/test.mjs` wants to find at its end what was printed and what is secret; nowhere when a runner was started by itself. */
const folder = process.env.TESTS_RUN_FOLDER;

/** Keeps a line that a process of the tests printed, for the search at the end of the run. */
export function keepOutput(name: string, line: string): void {
  if (folder) keep(folder, "output", [`${name} ${line}`]);
}

/** Keeps what must show in no output of the whole run. */
export function keepSecrets(secrets: string[]): void {
  if (folder) keep(folder, "secrets", secrets);
}

/** Of an app's configuration: whatever is a secret in it, each key by itself, the password of the database. */
export function secretsOf(environment: Record<string, string>): string[] {
  const { TOKEN_KEYS = "", DATABASE_URL = "" } = environment;
  const named = Object.entries(environment).filter(([name]) => name.endsWith("SECRET"));
  const keys = TOKEN_KEYS.split(",").map((entry) => entry.slice(entry.indexOf(":") + 1));
  const password = URL.parse(DATABASE_URL)?.password ?? "";
  return [...named.map(([, value]) => value), ...keys, decodeURIComponent(password)].filter(Boolean);
}
