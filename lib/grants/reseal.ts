import "server-only";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { assertKeys } from "./keyring";
import { sealToken, tryToOpenToken } from "./vault";

const batch = 200;

/** What one batch did. */
export interface ResealResult {
  /** The id of the first of TOKEN_KEYS here: an instance that was not restarted yet has another. */
  keyId: string;
  /** Tokens that the first of TOKEN_KEYS seals now. */
  resealed: number;
  /** Tokens of this batch that do not open: their key is gone or wrong, or they are damaged. They stay as they are. */
  unreadable: number;
  /** Tokens that another key than the first still seals, the unreadable ones included. Zero: the other keys can go. */
  remaining: number;
  /** Where the next batch begins; null when this was the last. */
  next: string | null;
}

interface Sealed {
  id: string;
  sealedToken: string;
}

/**
 * Seals up to 200 tokens anew with the first of TOKEN_KEYS, in the order of their Grants' ids. Can be repeated, interrupted and
 * run many times at once while the app works.
 *
 * @param after the `next` of the batch before, or null to begin
 * @throws VaultError when a key of TOKEN_KEYS is wrong: nothing is written then
 */
export async function resealBatch(after: string | null): Promise<ResealResult> {
  await assertKeys();
  const [first] = env().TOKEN_KEYS;
  const keyId = first?.id ?? "";
  const rows = await db().$queryRaw<Sealed[]>`
    SELECT "id", "sealedToken" FROM "Grant"
    WHERE "sealedToken" IS NOT NULL AND split_part("sealedToken", '.', 2) <> ${keyId}
      AND (${after}::uuid IS NULL OR "id" > ${after}::uuid)
    ORDER BY "id" LIMIT ${batch}`;
  const opened = rows.flatMap((row) => reseal(row) ?? []);
  const resealed = opened.length === 0 ? 0 : await replace(opened);
  // Two ranges of the index on the key's id, which `<>` would not use; a damaged seal may name a key that never was.
  const [left] = await db().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Grant" WHERE "sealedToken" IS NOT NULL
      AND (split_part("sealedToken", '.', 2) < ${keyId} OR split_part("sealedToken", '.', 2) > ${keyId})`;
  const result = {
    keyId,
    resealed,
    unreadable: rows.length - opened.length,
    remaining: left?.count ?? 0,
    next: rows.length === batch ? (rows.at(-1)?.id ?? null) : null,
  };
  log.info("tokens_resealed", { count: resealed });
  return result;
}

interface Resealed {
  id: string;
  old: string;
  fresh: string;
}

function reseal({ id, sealedToken }: Sealed): Resealed | null {
  const token = tryToOpenToken(id, sealedToken);
  return token === null ? null : { id, old: sealedToken, fresh: sealToken(id, token) };
}

/**
 * Compares before it sets: a token that was wiped or sealed anew since it was read stays as it is. SKIP LOCKED: a row that
 * somebody is writing this moment is left for the next run, so nobody waits for this, and this waits for nobody (no deadlock
 * with who locks the same rows in another order).
 */
function replace(tokens: Resealed[]): Promise<number> {
  return db().$executeRaw`
    UPDATE "Grant" g SET "sealedToken" = due."fresh"
    FROM (
      SELECT o."id", t."fresh" FROM "Grant" o
      JOIN unnest(${tokens.map(({ id }) => id)}::uuid[], ${tokens.map(({ old }) => old)}::text[],
        ${tokens.map(({ fresh }) => fresh)}::text[]) AS t("id", "old", "fresh") ON o."id" = t."id" AND o."sealedToken" = t."old"
      FOR UPDATE OF o SKIP LOCKED
    ) due
    WHERE g."id" = due."id"`;
}
