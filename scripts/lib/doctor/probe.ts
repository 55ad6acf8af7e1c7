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

const problems = problemsOf(process.env);
const scopes = problems.length > 0 ? null : parseEnv(process.env).WEBFLOW_SCOPES;
const sealed = sealedTokens.parse(JSON.parse(await text(process.stdin)));
// Only the key's id: the second part of the envelope (lib/grants/vault.ts).
const closed =
  problems.length > 0
    ? []
    : sealed.filter((one) => !opens(one)).map(({ sealedToken }) => sealedToken.split(".")[1] ?? "?");
process.stdout.write(`${JSON.stringify({ problems, closed, scopes })}\n`);
