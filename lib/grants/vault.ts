import "server-only";
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { env } from "@/lib/env";
import type { TokenKey } from "@/lib/env-formats";
import { errorName, log } from "@/lib/log";

const version = "v1";
const tagBytes = 16;

/** A sealed token that cannot be opened: unknown key id, wrong key, another row's value, or damage. Nothing is guessed. */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

/**
 * Seals a token for the row of one Grant: AES-256-GCM with a fresh 96-bit IV under the first of TOKEN_KEYS.
 * The envelope is `v1.<key id>.<iv>.<ciphertext>.<tag>` (base64url).
 */
export function sealToken(grantId: string, token: string): string {
  const [first] = env().TOKEN_KEYS;
  if (!first) throw new VaultError("TOKEN_KEYS holds no key");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", first.key, iv, { authTagLength: tagBytes });
  cipher.setAAD(context(first.id, grantId));
  const sealed = Buffer.concat([cipher.update(token, "utf8"), cipher.final()]);
  return [
    version,
    first.id,
    ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url")),
  ].join(".");
}

/**
 * Opens what `sealToken` sealed for the same Grant, with whichever of TOKEN_KEYS the envelope names.
 *
 * @throws VaultError when it does not open
 */
export function openToken(grantId: string, envelope: string): string {
  const [given, keyId, iv, sealed, tag, ...rest] = envelope.split(".");
  if (given !== version || !keyId || !iv || sealed === undefined || !tag || rest.length > 0) {
    throw new VaultError("not a sealed token");
  }
  const key = env().TOKEN_KEYS.find(({ id }) => id === keyId)?.key;
  if (!key) throw new VaultError("sealed with a key that TOKEN_KEYS does not name");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(context(keyId, grantId));
    decipher.setAuthTag(Buffer.from(tag, "base64url"));
    return Buffer.concat([decipher.update(Buffer.from(sealed, "base64url")), decipher.final()]).toString(
      "utf8",
    );
  } catch (cause) {
    throw new VaultError("does not open", { cause });
  }
}

/** Like `openToken`, but answers null, and says so in the alert `sealed_token_unreadable`, when it does not open. */
export function tryToOpenToken(grantId: string, envelope: string): string | null {
  try {
    return openToken(grantId, envelope);
  } catch (error) {
    log.error("sealed_token_unreadable", { grantId, error: errorName(error) });
    return null;
  }
}

/** Tells a key from another of the same id without being it: HMAC-SHA256 of a constant, base64url. Kept in the database. */
export function keyCheckValue({ id, key }: TokenKey): string {
  return createHmac("sha256", key).update(`TOKEN_KEYS check value of ${id}`).digest("base64url");
}

/** What the seal is bound to, each part with its length so that no two contexts read alike. */
function context(keyId: string, grantId: string): Buffer {
  const parts = [version, keyId, "Grant", "sealedToken", grantId];
  return Buffer.from(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(""), "utf8");
}

/** Names a token in logs and alerts without being it: the first 128 bits of its SHA-256, hex. */
export function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("hex").slice(0, 32);
}
