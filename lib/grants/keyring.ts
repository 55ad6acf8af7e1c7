import "server-only";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { keyCheckValue, tryToOpenToken, VaultError } from "./vault";

/** What is wrong with TOKEN_KEYS, by key id. */
export interface KeyProblem {
  keyId: string;
  /** `wrong`: not the key that this database knows by that id. `dropped`: tokens are sealed with it, and it is not there. */
  problem: "wrong" | "dropped";
}

interface KnownKey {
  id: string;
  /** Null: it seals tokens, and yet is not known. The one came back from a backup without the other. */
  checkValue: string | null;
  /** The Grant of one of the tokens that it seals. */
  grantId: string | null;
  sealedToken: string | null;
}

/**
 * Compares TOKEN_KEYS with the keys that this database knows, and with the tokens that they seal, and makes it know the new ones.
 * Looks at no more than two index entries a key, however many tokens there are.
 */
export async function checkKeys(): Promise<KeyProblem[]> {
  const keys = env().TOKEN_KEYS;
  let known = await readKnownKeys();
  const fresh = keys.filter(({ id }) => {
    const one = known.find((key) => key.id === id);
    return !one || (one.checkValue === null && opens(one));
  });
  if (fresh.length > 0) {
    // Two instances that bring different keys under one id: the first one in is right, and the second reads so just after.
    await db().tokenKey.createMany({
      data: fresh.map((key) => ({ id: key.id, checkValue: keyCheckValue(key) })),
      skipDuplicates: true,
    });
    known = await readKnownKeys();
  }
  const problems = known.flatMap(({ id, checkValue, sealedToken }): KeyProblem[] => {
    const key = keys.find((one) => one.id === id);
    if (!key) return sealedToken === null ? [] : [{ keyId: id, problem: "dropped" }];
    return keyCheckValue(key) === checkValue ? [] : [{ keyId: id, problem: "wrong" }];
  });
  for (const { keyId, problem } of problems) log.error("token_keys_unusable", { keyId, code: problem });
  return problems;
}

/** Whether the key of TOKEN_KEYS that has this id opens what one of this id has sealed. */
function opens({ grantId, sealedToken }: KnownKey): boolean {
  return grantId !== null && sealedToken !== null && tryToOpenToken(grantId, sealedToken) !== null;
}

/**
 * Those that this database was told of, and those that seal something: from one id to the next, by the index on it. What cannot be an
 * id is damage, of which the line `sealed_token_unreadable` tells.
 */
function readKnownKeys(): Promise<KnownKey[]> {
  return db().$queryRaw<KnownKey[]>`
    WITH RECURSIVE "inUse" AS (
      SELECT min(split_part("sealedToken", '.', 2)) AS "id" FROM "Grant" WHERE "sealedToken" IS NOT NULL
      UNION ALL
      SELECT (SELECT min(split_part(g."sealedToken", '.', 2)) FROM "Grant" g
        WHERE g."sealedToken" IS NOT NULL AND split_part(g."sealedToken", '.', 2) > u."id")
      FROM "inUse" u WHERE u."id" IS NOT NULL
    )
    SELECT known."id", known."checkValue", one."grantId", one."sealedToken"
    FROM (
      SELECT "id", k."checkValue" FROM "TokenKey" k
      FULL JOIN (SELECT "id" FROM "inUse" WHERE "id" ~ '^[A-Za-z0-9_-]{1,16}$') u USING ("id")
    ) known
    LEFT JOIN LATERAL (
      SELECT g."id" AS "grantId", g."sealedToken" FROM "Grant" g
      WHERE g."sealedToken" IS NOT NULL AND split_part(g."sealedToken", '.', 2) = known."id" LIMIT 1
    ) one ON true`;
}

let verified: Promise<void> | undefined;

/**
 * To be awaited before anything is sealed. Asks the database once a process, because neither the keys of a process nor the
 * check values change; asked again as long as it could not be answered.
 *
 * @throws VaultError when a key of TOKEN_KEYS is wrong; what the database throws
 */
export function assertKeys(): Promise<void> {
  verified ??= checkKeys().then((problems) => {
    if (problems.some(({ problem }) => problem === "wrong"))
      throw new VaultError("TOKEN_KEYS holds a wrong key");
  });
  verified.catch(() => {
    verified = undefined;
  });
  return verified;
}
