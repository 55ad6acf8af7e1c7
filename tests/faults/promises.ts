import { openToken } from "@/lib/grants/vault";
import type { LedgerToken } from "../emulator/client";
import { type Facts, grantsOf, readFacts, tokenOf } from "./facts";
import type { World } from "./world";

/**
 * What a test may be about, and only then is no broken promise: a token that only an alert knows, one that 30 days of
 * trying did not prove dead, a sealed token that somebody damaged.
 */
export type Exception = "orphan" | "abandoned" | "unreadable";

/**
 * Checks the promises I1 and I3 to I5 on both sides at once, and answers what is broken, in words. `settled`: every fault is
 * mended and everything due is done, so that a token either is a connection or is dead.
 */
export async function brokenPromises(world: World, { settled }: { settled: boolean }): Promise<string[]> {
  const facts = await readFacts(world);
  return [
    ...facts.tokens
      .filter(({ alive }) => alive)
      .flatMap((token) => lostToken(world, facts, token, settled) ?? []),
    ...lies(facts),
    ...(settled ? unfinished(world, facts) : []),
    ...facts.grants
      .filter(({ misplaced }) => misplaced)
      .map(({ id }) => `I5: the Grant ${id} belongs to a User whose Account its Webflow user is not`),
    ...facts.grants
      .filter((grant) => grant.webflowUserId && tokenOf(facts, grant)?.userId !== grant.webflowUserId)
      .map(({ id }) => `I5: the Grant ${id} says that another Webflow user gave it`),
  ];
}

/** I1: every token that Webflow issued and that reached us is in use and stored, or dead, or queued to die. */
function lostToken(world: World, facts: Facts, token: LedgerToken, settled: boolean): string | undefined {
  const name = `the token ${token.fingerprint.slice(0, 8)} of ${token.userId}`;
  const rows = grantsOf(facts, token);
  for (const row of rows.filter(({ sealedToken }) => sealedToken !== null)) {
    if (row.state === "ABANDONED" && !world.allowed.has("abandoned")) continue;
    const opened = opens(row.id, row.sealedToken ?? "");
    if (opened !== token.value && !world.allowed.has("unreadable"))
      return `I1: ${name} is stored in a way that does not open`;
    if (row.state === "ACTIVE" || row.state === "ABANDONED") return undefined;
    if (settled && opened === token.value) return `I1: ${name} still lives, although everything due is done`;
    return row.queued ? undefined : `I1: nobody will come for ${name} in time`;
  }
  const told = world
    .logs()
    .split("\n")
    .some(
      (line) =>
        line.includes('"event":"orphan_token"') && line.includes(`"${token.fingerprint.slice(0, 32)}"`),
    );
  if (told && world.allowed.has("orphan")) return undefined;
  if (!wasDelivered(facts, token)) return undefined;
  const states = rows.map(({ state }) => state).join() || "not stored";
  return `I1: ${name} lives, and is ${states}${told ? ", told by an alert only" : ""}`;
}

function opens(grantId: string, sealed: string): string | undefined {
  try {
    return openToken(grantId, sealed);
  } catch {
    return undefined;
  }
}

/** Whether the answer with this token reached us whole: one that was lost on the way is known to nobody. */
function wasDelivered({ requests }: Facts, { codes }: LedgerToken): boolean {
  return requests.some(
    ({ endpoint, body, status, fault }) =>
      endpoint === "token" &&
      codes.some((code) => code === body?.code) &&
      status === 200 &&
      (fault === null || fault === "delay"),
  );
}

/** I3: what we call dead is dead at Webflow. */
function lies(facts: Facts): string[] {
  return facts.grants
    .filter(({ state }) => state === "REVOKED" || state === "LOST")
    .filter((grant) => tokenOf(facts, grant)?.alive)
    .map(({ id, state }) => `I3: the Grant ${id} is ${state}, and its token lives at Webflow`);
}

function unfinished(world: World, { grants }: Facts): string[] {
  return grants
    .filter(({ state }) => state === "RECEIVED" || state === "REVOKING")
    .filter(({ id, sealedToken }) => !world.allowed.has("unreadable") || opens(id, sealedToken ?? ""))
    .map(({ id, state }) => `I1: the Grant ${id} is still ${state}, although everything due is done`);
}
