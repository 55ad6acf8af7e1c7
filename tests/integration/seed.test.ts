import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { createDatabase, type TestDatabase } from "../support/database";
import { type EmulatorProcess, startEmulatorProcess } from "../support/emulator";

const appOrigin = "http://localhost:3000";
const client = { id: "client-of-this-test", secret: randomBytes(32).toString("hex") };
// The same for every run: what one run sealed the next one opens.
const tokenKeys = `k1:${randomBytes(32).toString("base64")}`;
let database: TestDatabase;
let emulator: EmulatorProcess;

beforeAll(async () => {
  database = await createDatabase();
  emulator = await startEmulatorProcess({ appOrigin, client });
});
afterAll(async () => {
  await emulator?.stop();
  await database?.drop();
});

function seed() {
  const script = join(projectRoot, "scripts/lib/seed.ts");
  return spawnSync(process.execPath, ["--conditions=react-server", "--import", "tsx", script], {
    cwd: projectRoot,
    encoding: "utf8",
    env: {
      ...cleanEnvironment(),
      NODE_ENV: "test",
      DATABASE_URL: database.url,
      AUTH_URL: appOrigin,
      AUTH_SECRET: randomBytes(32).toString("hex"),
      TOKEN_KEYS: tokenKeys,
      WEBFLOW_CLIENT_ID: client.id,
      WEBFLOW_CLIENT_SECRET: client.secret,
      WEBFLOW_OAUTH_URL: emulator.origin,
      WEBFLOW_API_URL: emulator.origin,
    },
  });
}

test("seeding gives every state, live connections that really live, and can be repeated", async () => {
  for (const _ of ["first", "again"]) expect(seed(), _).toMatchObject({ status: 0 });
  const states = await database.query<{ state: string }>(
    `SELECT DISTINCT "state"::text AS state FROM "Grant" WHERE "userId" IS NOT NULL ORDER BY 1`,
  );
  expect(states.map(({ state }) => state)).toEqual(["ABANDONED", "ACTIVE", "LOST", "REVOKED", "REVOKING"]);
  expect(await database.count("User")).toBe(6);

  // Every token that lives is in some row, and no row promises a life that is not there.
  const sealed = await database.query<{ fingerprint: string }>(
    `SELECT "fingerprint" FROM "Grant" WHERE "sealedToken" IS NOT NULL`,
  );
  const { tokens } = await emulator.control.ledger();
  const living = tokens.filter(({ alive }) => alive).map(({ value }) => fingerprintOf(value));
  expect(sealed.map(({ fingerprint }) => fingerprint).sort()).toEqual(living.sort());
  expect(living.length).toBeGreaterThanOrEqual(7);

  const users = await emulator.control.users();
  const people = await database.query<{ id: string }>(`SELECT "providerAccountId" AS id FROM "Account"`);
  expect(people.map(({ id }) => id).sort()).toEqual(users.map(({ id }) => id).sort());
});

const fingerprintOf = (token: string) => createHash("sha256").update(token).digest("hex").slice(0, 32);
