import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Domain, ines, jonas, mira, startDomain } from "../support/domain";

/** What happens in the database between two statements: before the tokens that were sealed anew are written. */
const meanwhile = vi.hoisted(() => ({ happens: async () => {} }));
vi.mock("@/lib/db", async (original) => {
  const module = await original<typeof import("@/lib/db")>();
  const db = () =>
    new Proxy(module.db(), {
      get: (client, name) =>
        name === "$executeRaw"
          ? async (...statement: Parameters<typeof client.$executeRaw>) => {
              await meanwhile.happens();
              return client.$executeRaw(...statement);
            }
          : Reflect.get(client, name),
    });
  return { ...module, db };
});

let domain: Domain;
beforeAll(async () => {
  domain = await startDomain();
});
afterAll(() => domain.stop());

test("D4 compares before it sets: a token that was wiped or sealed by somebody else meanwhile stays as they left it", async () => {
  const { resealBatch } = await import("@/lib/grants/reseal");
  const { env } = await import("@/lib/env");
  const { database, connect } = domain;
  const ids = [];
  for (const userId of [mira, jonas, ines]) ids.push((await connect({ userId })).grantId);
  env().TOKEN_KEYS.unshift({ id: "k2", key: randomBytes(32) });
  const [wiped, other, untouched] = ids;
  meanwhile.happens = async () => {
    await database.query(`UPDATE "Grant" SET "state" = 'REVOKED', "sealedToken" = NULL WHERE "id" = $1`, [
      wiped,
    ]);
    await database.query(`UPDATE "Grant" SET "sealedToken" = 'v1.k2.of.somebody.else' WHERE "id" = $1`, [
      other,
    ]);
  };
  expect(await resealBatch(null)).toEqual({
    keyId: "k2",
    resealed: 1,
    unreadable: 0,
    remaining: 0,
    next: null,
  });
  const rows = await database.query<{ id: string; sealedToken: string | null }>(
    `SELECT "id", "sealedToken" FROM "Grant"`,
  );
  const found = new Map(rows.map(({ id, sealedToken }) => [id, sealedToken]));
  expect(found.get(wiped ?? "")).toBeNull();
  expect(found.get(other ?? "")).toBe("v1.k2.of.somebody.else");
  expect(found.get(untouched ?? "")).toMatch(/^v1\.k2\./);
});

test("D4 a token whose seal names a key that never was is among those that remain", async () => {
  const { resealBatch } = await import("@/lib/grants/reseal");
  const { grantId } = await domain.connect({ userId: jonas });
  const before = await resealBatch(null);
  await domain.database.query(`UPDATE "Grant" SET "sealedToken" = 'v1.k9.damaged' WHERE "id" = $1`, [
    grantId,
  ]);
  const after = await resealBatch(null);
  expect(after.remaining).toBe(before.remaining + 1);
  expect(after.unreadable).toBe(before.unreadable + 1);
});
