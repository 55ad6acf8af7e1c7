// Run by the doctor with the environment under examination: what the app's own code says of it. Answers one line of JSON.
import { text } from "node:stream/consumers";
import { z } from "zod";
import { EnvironmentError, parseEnv } from "@/lib/env";
import { keyCheckValue, openToken, VaultError } from "@/lib/grants/vault";

const keysInUse = z.object({
  sealed: z.array(z.object({ id: z.string(), sealedToken: z.string() })),
  known: z.array(z.object({ id: z.string(), checkValue: z.string() })),
});

function problemsOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    parseEnv(environment);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
}

function opens({ id, sealedToken }: { id: string; sealedToken: string }): boolean {
  try {
    openToken(id, sealedToken);
    return true;
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}

/** The second part of the envelope (lib/grants/vault.ts), if it is the id of a key: what somebody wrote in its place is not shown. */
function keyIdOf(sealedToken: string): string {
  return /^v1\.([\w-]{1,16})\./.exec(sealedToken)?.[1] ?? "?";
}

const problems = problemsOf(process.env);
const environment = problems.length > 0 ? null : parseEnv(process.env);
const { sealed, known } = keysInUse.parse(JSON.parse(await text(process.stdin)));
const closed = environment
  ? sealed.filter((one) => !opens(one)).map(({ sealedToken }) => keyIdOf(sealedToken))
  : [];
const wrong = (environment?.TOKEN_KEYS ?? [])
  .filter((key) => known.some(({ id, checkValue }) => id === key.id && checkValue !== keyCheckValue(key)))
  .map(({ id }) => id);
const scopes = environment?.WEBFLOW_SCOPES ?? null;
process.stdout.write(`${JSON.stringify({ problems, closed, wrong, scopes })}\n`);
