// Run by the doctor with the environment under examination: what the app's own code says of it. Answers one line of JSON.
import { text } from "node:stream/consumers";
import { z } from "zod";
import { EnvironmentError, parseEnv } from "@/lib/env";
import { openToken, VaultError } from "@/lib/grants/vault";

const sealedTokens = z.array(z.object({ id: z.string(), sealedToken: z.string() }));

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
const scopes = problems.length > 0 ? null : parseEnv(process.env).WEBFLOW_SCOPES;
const sealed = sealedTokens.parse(JSON.parse(await text(process.stdin)));
const closed =
  problems.length > 0
    ? []
    : sealed.filter((one) => !opens(one)).map(({ sealedToken }) => keyIdOf(sealedToken));
process.stdout.write(`${JSON.stringify({ problems, closed, scopes })}\n`);
