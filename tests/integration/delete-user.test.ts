import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { type Domain, jonas, mira, startDomain } from "../support/domain";
import { endTransactions, holdGrant, openTransaction, whenWaiting } from "../support/locks";

let domain: Domain;
let grants: Domain["grants"];
let whileSignedIn: typeof import("@/lib/auth/sessions").whileSignedIn;
let endOwnSession: typeof import("@/lib/auth/sessions").endOwnSession;

beforeAll(async () => {
  domain = await startDomain();
  grants = domain.grants;
  ({ endOwnSession, whileSignedIn } = await import("@/lib/auth/sessions"));
});
afterEach(async () => {
  await endTransactions();
  await domain.reset();
});
afterAll(() => domain?.stop());

/** What docs/operating.md tells an operator to do about tokens that were given up. */
async function askAnew(): Promise<void> {
  const operating = readFileSync(join(projectRoot, "docs/operating.md"), "utf8");
  await domain.database.query(/^```sql\n(UPDATE "Grant"[^`]*)^```/m.exec(operating)?.[1] ?? "");
}

async function signIn(userId: string): Promise<string> {
  const tokenHash = randomUUID();
  await domain.database.query(
    `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ($1, $2, now() + interval '1 day')`,
    [tokenHash, userId],
  );
  return tokenHash;
}

const grantRows = () => grants.db().grant.findMany({ orderBy: { receivedAt: "asc" } });
const webflowIsDown = () =>
  domain.emulator.control.addFault({ endpoint: "*", kind: "html", status: 503, times: "until_cleared" });

describe("deleting a User", () => {
  test("takes everything personal away at once, kills their tokens, and touches nobody else's", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const other = await domain.connect({ userId: jonas });
    await signIn(userId);
    await signIn(other.userId);
    await grants.deleteUser(userId);

    expect(await grants.db().user.findMany({ select: { id: true } })).toEqual([{ id: other.userId }]);
    for (const table of ["Account", "Session", "Activity"]) {
      const rows = await domain.database.query<{ userId: string }>(
        `SELECT DISTINCT "userId" FROM "${table}"`,
      );
      expect(rows, table).toEqual([{ userId: other.userId }]);
    }
    expect(await domain.stateOf(grantId)).toBe("REVOKED");
    expect(await domain.stateOf(other.grantId)).toBe("ACTIVE");
    expect(await domain.alive()).toEqual([false, true]);
  });

  test("while Webflow is down for a week takes the person away now, and the tokens as soon as Webflow is back", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const [token] = await domain.tokens();
    await webflowIsDown();
    await grants.deleteUser(userId);
    const daily = async () => {
      await grants.db()
        .$executeRaw`UPDATE "Grant" SET "nextAttemptAt" = now(), "revokingAt" = "revokingAt" - interval '1 day'`;
      await grants.sweep();
    };
    for (let day = 0; day < 7; day++) await daily();

    expect(await domain.stateOf(grantId)).toBe("REVOKING");
    const everything = JSON.stringify(await grantRows());
    for (const personal of [
      userId,
      token?.authorizationId,
      ...(token?.siteIds ?? []),
      "Mira",
      "webflow.io",
    ]) {
      expect(everything).not.toContain(personal);
    }
    await domain.emulator.control.clearFaults();
    await daily();
    expect(await domain.alive()).toEqual([false]);
    expect((await grantRows())[0]).toMatchObject({
      state: "REVOKED",
      sealedToken: null,
      webflowUserId: null,
    });
  });

  test("asks about what is being revoked already no earlier than Webflow said", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const { emulator } = domain;
    await emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 429,
      headers: { "retry-after": "3600" },
    });
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    const [before] = await grantRows();
    await grants.deleteUser(userId);
    await grants.sweep();
    expect(await grantRows()).toMatchObject([
      { state: "REVOKING", revokeReason: "ACCOUNT_DELETED", nextAttemptAt: before?.nextAttemptAt },
    ]);
    expect(before?.nextAttemptAt.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    expect(await domain.alive()).toEqual([true]);
  });

  test("forgets the Grants that are dead, and tries the given up ones again", async () => {
    const lost = await domain.connect({ userId: mira });
    await domain.emulator.control.uninstall(mira);
    await grants.checkNow(lost.userId, lost.grantId);
    const abandoned = await domain.connect({ userId: mira });
    await grants.db().$executeRaw`
      UPDATE "Grant" SET "state" = 'ABANDONED', "attempts" = 20, "endedAt" = now() WHERE "id" = ${abandoned.grantId}::uuid`;
    await grants.deleteUser(lost.userId);
    expect(await grantRows()).toMatchObject([{ id: abandoned.grantId, state: "REVOKED", attempts: 1 }]);
    expect(await domain.alive()).toEqual([false, false]);
  });

  test("leaves what Webflow never confirms until it does: an operator asks again, as docs/operating.md says", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const { emulator } = domain;
    await emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 503,
      times: "until_cleared",
    });
    await grants.deleteUser(userId);
    await grants.db().$executeRaw`
      UPDATE "Grant" SET "attempts" = 19, "revokingAt" = now() - interval '400 days', "nextAttemptAt" = now() - interval '1 day'`;
    await grants.sweep();
    await grants.db().$executeRaw`UPDATE "Grant" SET "endedAt" = "endedAt" - interval '400 days'`;
    await grants.sweep();
    expect(await grantRows()).toMatchObject([
      { id: grantId, state: "ABANDONED", userId: null, webflowUserId: mira, sealedToken: expect.any(String) },
    ]);
    await emulator.control.clearFaults();
    await emulator.control.uninstall(mira);
    await askAnew();
    await grants.sweep();
    expect(await grantRows()).toMatchObject([
      { id: grantId, state: "REVOKED", attempts: 1, webflowUserId: null, sealedToken: null },
    ]);
  });

  test("what is asked about anew is shown until Webflow confirms, also where what had replaced it ended long ago", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const { grantId: between } = await domain.connect({ userId: mira });
    const { grantId: last } = await domain.connect({ userId: mira });
    await grants.revokeNow(between);
    await grants.db()
      .$executeRaw`UPDATE "Grant" SET "state" = 'ABANDONED', "endedAt" = now() WHERE "id" = ${grantId}::uuid`;
    await grants.db().$executeRaw`DELETE FROM "Grant" WHERE "id" = ${last}::uuid`;
    const tokenHash = await signIn(userId);
    const shown = async () => (await grants.readDashboard(tokenHash))?.connections;
    expect(await shown()).toMatchObject([{ id: grantId, state: "abandoned" }]);
    await askAnew();
    expect(await shown()).toMatchObject([{ id: grantId, state: "disconnecting" }]);
    await grants.sweep();
    expect(await shown()).toMatchObject([{ id: grantId, state: "disconnected" }]);
  });

  test("who is gone already, or never was, changes nothing", async () => {
    const { userId } = await domain.connect({ userId: mira });
    const other = await domain.connect({ userId: jonas });
    await Promise.all([grants.deleteUser(userId), grants.deleteUser(userId)]);
    for (const gone of [userId, randomUUID()])
      for (const transaction of [undefined, async () => null])
        expect(await grants.deleteUser(gone, transaction)).toBe(true);
    expect(await grants.db().user.count()).toBe(1);
    expect(await domain.stateOf(other.grantId)).toBe("ACTIVE");
  });

  test("by whom its Unlink has signed out in the meantime changes nothing", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const tokenHash = await signIn(userId);
    const locked = await openTransaction(
      domain.database,
      `SELECT pg_advisory_xact_lock(hashtextextended('user:' || $1, 0))`,
      [userId],
    );
    const deleting = grants.deleteUser(userId, (work) => whileSignedIn(userId, tokenHash, work));
    await whenWaiting(domain.database, 1);
    await domain.database.query(`DELETE FROM "Session"`);
    await locked.commit();
    expect(await deleting).toBe(false);
    expect(await grants.db().user.count()).toBe(1);
    expect(await domain.stateOf(grantId)).toBe("ACTIVE");
  });

  test("ends what they had started: no connection is made for somebody who is gone", async () => {
    const { userId } = await domain.connect({ userId: mira });
    await domain.database.query(
      `INSERT INTO "AuthorizationRequest" ("stateHash", "userId", "expiresAt") VALUES ('hash', $1, now() + interval '15 minutes')`,
      [userId],
    );
    const fresh = await grants.receiveToken(await domain.issueToken({ userId: jonas }), []);
    const profile = await grants.identifyGrant(fresh);
    await grants.deleteUser(userId);
    await expect(grants.activateGrant(profile, userId)).rejects.toMatchObject({ code: "session_changed" });
    expect(await grants.db().user.count()).toBe(0);
    expect(await grants.db().account.count()).toBe(0);
    expect(await grants.db().authorizationRequest.count()).toBe(0);
  });

  test("leaves a person who connects again as somebody new", async () => {
    const before = await domain.connect({ userId: mira });
    await grants.deleteUser(before.userId);
    const after = await domain.connect({ userId: mira });
    expect(after.userId).not.toBe(before.userId);
    expect(await domain.alive()).toEqual([false, true]);
  });
});

describe("deleting a User while", () => {
  test("they connect again: the new connection is a new User's, or dies with the old one", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const fresh = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
    const profile = await grants.identifyGrant(fresh);
    const row = await holdGrant(domain.database, grantId);
    const deleting = grants.deleteUser(userId);
    await whenWaiting(domain.database, 1);
    const activating = grants.activateGrant(profile, null);
    await whenWaiting(domain.database, 2);
    await row.commit();
    await Promise.all([deleting, activating]);
    const [user, ...more] = await grants.db().user.findMany();
    expect(more).toEqual([]);
    expect(user?.id).not.toBe(userId);
    expect(await grants.db().grant.findUniqueOrThrow({ where: { id: fresh.id } })).toMatchObject({
      state: "ACTIVE",
      userId: user?.id,
    });
  });

  test("they finish another flow: its Grant goes as well", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const fresh = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
    const profile = await grants.identifyGrant(fresh);
    const row = await holdGrant(domain.database, grantId);
    const activating = grants.activateGrant(profile, userId);
    await whenWaiting(domain.database, 1);
    const deleting = grants.deleteUser(userId);
    await whenWaiting(domain.database, 2);
    await row.commit();
    await Promise.all([deleting, activating]);
    expect(await grants.db().user.count()).toBe(0);
    expect(await domain.alive()).toEqual([false, false]);
  });

  test("another of their browsers is signed out: both happen, and nobody waits in a circle", async () => {
    const { userId } = await domain.connect({ userId: mira });
    await signIn(userId);
    // What `endSession` does in one statement: the row of "Activity" locks its User.
    const signingOut = await openTransaction(
      domain.database,
      `DELETE FROM "Session" WHERE "userId" = $1::uuid`,
      [userId],
    );
    const deleting = grants.deleteUser(userId);
    await whenWaiting(domain.database, 1);
    await signingOut.run(`INSERT INTO "Activity" ("userId", "type") VALUES ($1::uuid, 'SIGNED_OUT')`, [
      userId,
    ]);
    await signingOut.commit();
    await deleting;
    expect(await grants.db().user.count()).toBe(0);
    expect(await domain.alive()).toEqual([false]);
  });

  test("they sign out: that is answered when the deletion is done, and not before", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const tokenHash = await signIn(userId);
    const row = await holdGrant(domain.database, grantId);
    const deleting = grants.deleteUser(userId, (work) => whileSignedIn(userId, tokenHash, work));
    await whenWaiting(domain.database, 1);
    const usersAfterSignOut = endOwnSession(tokenHash).then(() => grants.db().user.count());
    await whenWaiting(domain.database, 2);
    await row.commit();
    expect([await deleting, await usersAfterSignOut]).toEqual([true, 0]);
  });

  test("everything else happens at once: nobody waits in a circle, and nothing is left alive", async () => {
    const sites = (await domain.emulator.control.users()).find(({ id }) => id === mira)?.workspaces ?? [];
    for (let round = 0; round < 10; round++) {
      const [one, two] = [
        await domain.connect({ userId: mira, workspaceId: sites[0]?.id }),
        await domain.connect({ userId: mira, workspaceId: sites[1]?.id }),
      ];
      await grants.requestDisconnect(one.userId, one.grantId);
      const fresh = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
      const profile = await grants.identifyGrant(fresh);
      const outcomes = await Promise.allSettled([
        grants.revokeNow(one.grantId),
        grants.checkNow(two.userId, two.grantId),
        grants.activateGrant(profile, one.userId),
        grants.deleteUser(one.userId),
        grants.requestDisconnect(two.userId, two.grantId),
        grants.sweep(),
      ]);
      const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      expect(failures.map((failure) => failure.code ?? failure)).toEqual(
        failures.length === 0 ? [] : ["session_changed"],
      );
      await grants.refuseGrant(fresh.id, null);
    }
    await grants.db().$executeRaw`UPDATE "Grant" SET "nextAttemptAt" = now(), "leaseUntil" = NULL`;
    await grants.sweep();
    expect(await grants.db().user.count()).toBe(0);
    expect(new Set(await domain.alive())).toEqual(new Set([false]));
  });
});
