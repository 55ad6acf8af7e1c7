import { randomBytes } from "node:crypto";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { createProcesses } from "../../scripts/lib/processes.mjs";
import type { AppProcess } from "../support/app";
import { startSqlTap } from "../support/sql-tap";
import { until } from "../support/until";
import { connect, newBrowser, openStack, signedIn, startConnecting } from "./stack";

const stack = openStack();
const newKey = () => randomBytes(32).toString("base64");
const oldKeys = () => stack().environment.TOKEN_KEYS ?? "";

const isReady = async (instance: AppProcess) => (await fetch(`${instance.origin}/api/ready`)).status === 200;
const sealed = () =>
  stack().database.query<{ id: string; sealedToken: string }>(
    `SELECT "id", "sealedToken" FROM "Grant" WHERE "sealedToken" IS NOT NULL`,
  );
const keyIds = async () => new Set((await sealed()).map(({ sealedToken }) => sealedToken.split(".")[1]));

/** `npm run keys:rotate` against one instance. */
async function rotate(instance: AppProcess): Promise<{ code: number | null; output: string }> {
  const processes = createProcesses();
  const env = { ...cleanEnvironment(), AUTH_URL: instance.origin, CRON_SECRET: stack().cronSecret };
  const { code, output } = await processes.run({
    name: "keys:rotate",
    command: process.execPath,
    args: ["scripts/keys-rotate.mjs"],
    cwd: projectRoot,
    env,
  });
  return { code, output };
}

/** Copies of one Grant's row, as many, sealed as it is; they do not open, so only what is counted can be seen of them. */
const damaged = (count: number) =>
  stack().database.query(
    `INSERT INTO "Grant" ("id", "state", "sealedToken", "fingerprint", "nextAttemptAt")
     SELECT gen_random_uuid(), 'REVOKING', g."sealedToken", 'copy' || n, now() + interval '1 day'
     FROM generate_series(1, $1::int) n, (SELECT "sealedToken" FROM "Grant" LIMIT 1) g`,
    [count],
  );

describe("D4 keys are changed while two instances run", () => {
  test("D4 every token is sealed anew, the old key can go, and every connection still works", async () => {
    const browser = await signedIn(stack());
    const next = `k2:${newKey()}`;
    const [one, two] = await Promise.all([
      stack().startInstance({ TOKEN_KEYS: `${next},${oldKeys()}` }),
      stack().startInstance({ TOKEN_KEYS: `${next},${oldKeys()}` }),
    ]);
    expect(await keyIds()).toEqual(new Set(["k1"]));
    const runs = await Promise.all([rotate(one), rotate(two)]);
    for (const { output } of runs) expect(output).toContain("0 remain");
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(await keyIds()).toEqual(new Set(["k2"]));
    const after = await stack().startInstance({ TOKEN_KEYS: next });
    expect(await isReady(after)).toBe(true);
    browser.instance = after;
    await browser.open("/dashboard");
    await browser.press("Disconnect");
    expect((await browser.press("Disconnect")).text).toContain("Disconnected");
    expect((await stack().emulator.control.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);
  });

  test("D4 an instance that still puts the old key first names it, so that nobody takes it out", async () => {
    await signedIn(stack());
    const old = await stack().startInstance({ TOKEN_KEYS: `${oldKeys()},k6:${newKey()}` });
    expect((await rotate(old)).output).toContain("sealed with k1");
  });

  test("D4 a token that does not open is said, counted and left as it is, and stops none after it", async () => {
    await signedIn(stack());
    await damaged(450);
    const before = await sealed();
    const instance = await stack().startInstance({ TOKEN_KEYS: `k3:${newKey()},${oldKeys()}` });
    const { code, output } = await rotate(instance);
    expect(code).toBe(1);
    expect(output).toMatch(/1 sealed anew, 450 remain/);
    const changed = (await sealed()).filter(({ id, sealedToken }) =>
      before.some((row) => row.id === id && row.sealedToken !== sealedToken),
    );
    expect(changed).toHaveLength(1);
  });

  test("D4 passes over what somebody is writing this moment: that stays, and nobody waits", async () => {
    await signedIn(stack());
    const instance = await stack().startInstance({ TOKEN_KEYS: `k4:${newKey()},${oldKeys()}` });
    const writer = new pg.Client({ connectionString: stack().database.url });
    await writer.connect();
    try {
      await writer.query(`BEGIN; UPDATE "Grant" SET "state" = 'REVOKED', "sealedToken" = NULL`);
      expect((await rotate(instance)).output).toContain("0 sealed anew, 1 remain");
      await writer.query("COMMIT");
    } finally {
      await writer.end();
    }
    expect(await sealed()).toEqual([]);
    expect((await rotate(instance)).code).toBe(0);
  });

  test("D4 a key that a stored token needs cannot be dropped unnoticed", async () => {
    await signedIn(stack());
    const instance = await stack().startInstance({ TOKEN_KEYS: `k5:${newKey()}` });
    expect(await isReady(instance)).toBe(false);
    await until(() => instance.logs().includes('"code":"dropped"'), "the log line that says so");
    expect(instance.logs()).toContain('"keyId":"k1"');
    expect(await isReady(stack().app)).toBe(true);
  });
});

describe("D5 a wrong key at boot", () => {
  test("D5 is noticed before it seals anything: not ready, nothing overwritten, no code spent", async () => {
    await signedIn(stack());
    const before = await sealed();
    const instance = await stack().startInstance({ TOKEN_KEYS: `k1:${newKey()}` });
    await until(() => instance.logs().includes('"code":"wrong"'), "the log line that says so");
    expect(await isReady(instance)).toBe(false);
    const browser = newBrowser(stack());
    browser.instance = instance;
    const callback = await stack().emulator.control.authorize(await startConnecting(browser));
    expect((await browser.open(callback)).url.search).toBe("?error=database_unavailable");
    expect(await sealed()).toEqual(before);
    const tokens = async () => (await stack().emulator.control.ledger()).tokens.map(({ alive }) => alive);
    expect(await tokens()).toEqual([true]);
    expect((await rotate(instance)).code).toBe(1);
    expect(await sealed()).toEqual(before);
    browser.instance = stack().app;
    expect((await browser.open(callback)).url.pathname).toBe("/dashboard");
    expect(await tokens()).toEqual([false, true]);
  });

  test("D5 a key that came back from a backup without its check value is known by what it opens", async () => {
    await signedIn(stack());
    const checkValues = () => stack().database.query(`SELECT "checkValue" FROM "TokenKey" WHERE "id" = 'k1'`);
    expect(await isReady(stack().app)).toBe(true);
    const before = await checkValues();
    expect(before).toHaveLength(1);
    await stack().database.query(`DELETE FROM "TokenKey"`);
    const wrong = await stack().startInstance({ TOKEN_KEYS: `k1:${newKey()}` });
    expect(await isReady(wrong)).toBe(false);
    await until(() => wrong.logs().includes('"code":"wrong"'), "the log line that says so");
    expect(await checkValues()).toEqual([]);
    const browser = newBrowser(stack());
    browser.instance = wrong;
    expect((await connect(stack(), browser)).url.pathname).toBe("/auth/error");
    const dropped = await stack().startInstance({ TOKEN_KEYS: `k7:${newKey()}` });
    expect(await isReady(dropped)).toBe(false);
    await until(() => dropped.logs().includes('"code":"dropped"'), "the log line that says so");
    const right = await stack().startInstance();
    expect(await isReady(right)).toBe(true);
    expect(await checkValues()).toEqual(before);
  });

  test("D5 a seal that names no key is damage of one token, and takes no instance out", async () => {
    await signedIn(stack());
    await stack().database.query(`UPDATE "Grant" SET "sealedToken" = 'v1.no key.a.b.c'`);
    expect(await isReady(stack().app)).toBe(true);
  });

  test("D5 readiness looks at a few index entries a key, however many tokens there are", async () => {
    await signedIn(stack());
    await damaged(20_000);
    const { database } = stack();
    await database.query(`ANALYZE "Grant"`);
    const tap = await startSqlTap(database.url);
    try {
      const instance = await stack().startInstance({ DATABASE_URL: tap.url });
      expect(await isReady(instance)).toBe(true);
      const statements = [...new Set(tap.statements().filter((sql) => sql.includes('"TokenKey"')))];
      expect(statements).toHaveLength(1);
      const rows = await database.query<{ "QUERY PLAN": { Plan: Plan }[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${statements[0]}`,
      );
      const scans = rows.flatMap((row) => row["QUERY PLAN"]).flatMap(({ Plan }) => scansOfGrant(Plan));
      expect(scans.length).toBeGreaterThan(0);
      for (const scan of scans) {
        expect(scan["Index Name"]).toBe("Grant_token_key_idx");
        expect(scan["Actual Rows"]).toBeLessThanOrEqual(1);
      }
    } finally {
      await tap.stop();
    }
  });
});

interface Plan {
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows": number;
  Plans?: Plan[];
}

function scansOfGrant(plan: Plan): Plan[] {
  const below = (plan.Plans ?? []).flatMap(scansOfGrant);
  return plan["Relation Name"] === "Grant" ? [plan, ...below] : below;
}
