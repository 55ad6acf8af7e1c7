import { createDecipheriv, createHash, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { TokenKey } from "@/lib/env-formats";
import { fingerprint, openToken, sealToken, VaultError } from "@/lib/grants/vault";
import { samePlaces } from "../../support/randomness";

const keys = vi.hoisted(() => ({ current: [] as TokenKey[] }));
vi.mock("@/lib/env", () => ({ env: () => ({ TOKEN_KEYS: keys.current }) }));

const key = (id: string, seed: number): TokenKey => ({
  id,
  key: createHash("sha256").update(`${seed}`).digest(),
});
const token = "3f".repeat(32);
const grantId = randomUUID();

beforeEach(() => {
  keys.current = [key("k1", 1)];
});

/** Changes one character in the middle of one part of an envelope. */
function damage(envelope: string, part: number): string {
  const parts = envelope.split(".");
  const text = parts[part] ?? "";
  const at = Math.floor(text.length / 2);
  parts[part] = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
  return parts.join(".");
}

describe("a sealed token", () => {
  test("D2 opens for its own Grant and does not hold the token", () => {
    const envelope = sealToken(grantId, token);
    expect(openToken(grantId, envelope)).toBe(token);
    expect(envelope).not.toContain(token);
    expect(envelope).not.toContain(Buffer.from(token).toString("base64url"));
  });

  test("D2 is AES-256-GCM, bound to its version, key, table, column and Grant: by hand it opens", () => {
    const [version, keyId, ...parts] = sealToken(grantId, token).split(".");
    const [iv = Buffer.of(), sealed = Buffer.of(), tag = Buffer.of()] = parts.map((part) =>
      Buffer.from(part, "base64url"),
    );
    expect([version, keyId, iv.length, sealed.length, tag.length]).toEqual(["v1", "k1", 12, 64, 16]);
    const decipher = createDecipheriv("aes-256-gcm", key("k1", 1).key, iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(`2:v12:k15:Grant11:sealedToken36:${grantId}`));
    decipher.setAuthTag(tag);
    expect(`${decipher.update(sealed)}${decipher.final()}`).toBe(token);
  });

  test("D2 is different every time: the whole IV is random", () => {
    const ivs = Array.from({ length: 1_000 }, () => sealToken(grantId, token).split(".")[2] ?? "");
    expect(new Set(ivs).size).toBe(1_000);
    expect(samePlaces(ivs.map((iv) => Buffer.from(iv, "base64url")))).toBe(0);
  });

  test("D2 does not open in another Grant's row", () => {
    expect(() => openToken(randomUUID(), sealToken(grantId, token))).toThrow(VaultError);
  });

  test("is sealed with the first key and opened with whichever it names", () => {
    const old = sealToken(grantId, token);
    keys.current = [key("k2", 2), key("k1", 1)];
    expect(sealToken(grantId, token)).toMatch(/^v1\.k2\./);
    expect(openToken(grantId, old)).toBe(token);
  });

  test("D3 does not open when its key is gone, wrong, or under another name", () => {
    const envelope = sealToken(grantId, token);
    keys.current = [key("k2", 2)];
    expect(() => openToken(grantId, envelope)).toThrow(VaultError);
    keys.current = [key("k1", 9)];
    expect(() => openToken(grantId, envelope)).toThrow(VaultError);
    keys.current = [key("k2", 1)];
    expect(() => openToken(grantId, envelope.replace("v1.k1.", "v1.k2."))).toThrow(VaultError);
  });

  test.each([2, 3, 4])("D3 does not open when part %i is damaged", (part) => {
    expect(() => openToken(grantId, damage(sealToken(grantId, token), part))).toThrow(VaultError);
  });

  test("D3 does not open with a tag cut to 4 bytes, which Node would accept by default", () => {
    const parts = sealToken(grantId, token).split(".");
    parts[4] = Buffer.from(parts[4] ?? "", "base64url")
      .subarray(0, 4)
      .toString("base64url");
    expect(() => openToken(grantId, parts.join("."))).toThrow(VaultError);
  });

  test.each(["", token, "v1.k1", "v2.k1.a.b.c", "v1..a.b.c", "v1.k1.a.b.c.d", "v1.__proto__.a.b.c"])(
    "D3 is not guessed from %j",
    (text) => {
      expect(() => openToken(grantId, text)).toThrow(VaultError);
    },
  );
});

test("a fingerprint names a token and is not part of it", () => {
  expect(fingerprint(token)).toMatch(/^[0-9a-f]{32}$/);
  expect(fingerprint(token)).toBe(fingerprint(token));
  expect(fingerprint(`${token}0`)).not.toBe(fingerprint(token));
  expect(token).not.toContain(fingerprint(token));
});
