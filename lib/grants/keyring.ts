import "server-only";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { keyCheckValue, VaultError } from "./vault";

/** What is wrong with TOKEN_KEYS, by key id. */
export interface KeyProblem {
  keyId: string;
  /** `wrong`: not the key that this database knows by that id. `dropped`: tokens are sealed with it, and it is not there. */
  problem: "wrong" | "dropped";
}

interface KnownKey {
  id: string;
  checkValue: string;
  used: boolean;
}

/**
 * Compares TOKEN_KEYS with the keys that this database knows, and makes it know the new ones. Looks at no more than one index
 * entry a key, however many tokens there are.
 */
export async function checkKeys(): Promise<KeyProblem[]> {
  const keys = env().TOKEN_KEYS;
  let known = await readKnownKeys();
  const fresh = keys.filter(({ id }) => !known.some((one) => one.id === id));
  if (fresh.length > 0) {
    // Two instances that bring different keys under one id: the first one in is right, and the second reads so just after.
    await db().tokenKey.createMany({
      data: fresh.map((key) => ({ id: key.id, checkValue: keyCheckValue(key) })),
      skipDuplicates: true,
    });
    known = await readKnownKeys();
  }
  const problems = known.flatMap(({ id, checkValue, used }): KeyProblem[] => {
    const key = keys.find((one) => one.id === id);
    if (!key) return used ? [{ keyId: id, problem: "dropped" }] : [];
    return keyCheckValue(key) === checkValue ? [] : [{ keyId: id, problem: "wrong" }];
  });
  for (const { keyId, problem } of problems) log.error("token_keys_unusable", { keyId, code: problem });
  return problems;
}

function readKnownKeys(): Promise<KnownKey[]> {
  return db().$queryRaw<KnownKey[]>`
    SELECT k."id", k."checkValue", EXISTS (
      SELECT FROM "Grant" g WHERE g."sealedToken" IS NOT NULL AND split_part(g."sealedToken", '.', 2) = k."id") AS "used"
    FROM "TokenKey" k`;
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
