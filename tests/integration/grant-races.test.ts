import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { FaultSpec } from "../emulator/client";
import { type Domain, jonas, mira, startDomain } from "../support/domain";
import { endTransactions, holdGrant, openTransaction, whenWaiting } from "../support/locks";

let domain: Domain;
let grants: Domain["grants"];
/** Mira's two workspaces. */
let first: string | undefined;
let second: string | undefined;

beforeAll(async () => {
  domain = await startDomain();
  grants = domain.grants;
  const workspaces = (await domain.emulator.control.users()).find(({ id }) => id === mira)?.workspaces;
  [first, second] = workspaces?.map(({ id }) => id) ?? [];
});
afterEach(async () => {
  await endTransactions();
  await domain.reset();
});
afterAll(() => domain?.stop());

/** A sign-in that has come as far as knowing whose token it is. */
async function signInAsFarAsIdentified(choice: { userId: string; workspaceId?: string }) {
  return asFarAsIdentified(await domain.issueToken(choice));
}
async function asFarAsIdentified(token: string) {
  const received = await grants.receiveToken(token, []);
  const grantId = received.id;
  const profile = await grants.identifyGrant(received);
  return { grantId, activate: async () => (await grants.activateGrant(profile, null)).unsettled };
}

type Connection = Awaited<ReturnType<Domain["connect"]>>;
const rowOf = (id: string) => grants.db().grant.findUniqueOrThrow({ where: { id } });
const whenAsked = (endpoint: "revoke" | "introspect", times: number) =>
  expect.poll(() => domain.countRequests(endpoint)).toBe(times);

/** All that is not settled and that no row tells of has had its time. */
async function unsettledIsOver() {
  await domain.database.query(`UPDATE "Grant" SET "unsettledUntil" = now() - interval '1 millisecond'`);
  await domain.database.query(
    `UPDATE "RecentRevocation" SET "at" = least("at", now() - interval '1 millisecond')`,
  );
}

/** Nobody believes it; the next look finds out, and it is not shown as connected until then. */
async function expectUnbelievedAndFoundDead(grantId: string): Promise<void> {
  expect(await rowOf(grantId)).toMatchObject({ state: "ACTIVE", checkedAt: null });
  await grants.sweep();
  expect(await rowOf(grantId)).toMatchObject({ state: "LOST", sealedToken: null });
}

describe("a revocation that kills every token of the person is noticed", () => {
  test("when it ended while another connection was being made, before the claim", async () => {
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    const old = await domain.connect({ userId: mira, workspaceId: first });
    const fresh = await signInAsFarAsIdentified({ userId: mira, workspaceId: second });
    await grants.requestDisconnect(old.userId, old.grantId);
    await grants.revokeNow(old.grantId);
    expect(await fresh.activate()).toBe(1);
    await expectUnbelievedAndFoundDead(fresh.grantId);
  });

  /** Mira's old connection is revoked, and nothing is left that says whose it was. */
  const withoutTrace = {
    "with the account": async ({ userId }: Connection) => void (await grants.deleteUser(userId)),
    "and then the account was deleted": async ({ userId, grantId }: Connection) => {
      await grants.requestDisconnect(userId, grantId);
      await grants.revokeNow(grantId);
      await grants.deleteUser(userId);
    },
    "because it was refused": async (_: Connection) => {
      const refused = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
      await grants.refuseGrant(refused.id, mira);
      await grants.revokeNow(refused.id);
    },
    "because nobody claimed it": async (_: Connection) => {
      const unclaimed = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
      await grants.refuseGrant(unclaimed.id, null);
      await grants.revokeNow(unclaimed.id);
    },
  };
  test.each(Object.entries(withoutTrace))(
    "when it ended %s, while another connection was being made",
    async (_, revoke) => {
      const old = await domain.connect({ userId: mira, workspaceId: first });
      const fresh = await signInAsFarAsIdentified({ userId: mira, workspaceId: second });
      await domain.emulator.control.setSwitches({ revokeKills: "grant" });
      await revoke(old);
      expect(await fresh.activate()).toBeGreaterThan(0);
      await expectUnbelievedAndFoundDead(fresh.grantId);
    },
  );

  test.each(["the revocation", "the sign-in"])(
    "when it is written while another connection is claimed, and %s comes first",
    async (winner) => {
      await domain.emulator.control.setSwitches({ revokeKills: "grant" });
      const old = await domain.connect({ userId: mira, workspaceId: first });
      const fresh = await signInAsFarAsIdentified({ userId: mira, workspaceId: second });
      await grants.requestDisconnect(old.userId, old.grantId);
      // Both write their activity last, when they hold the rows: until this ends, who came first waits there, the other for it.
      const last = await openTransaction(domain.database, `LOCK TABLE "Activity" IN SHARE MODE`);
      const signInFirst = winner === "the sign-in";
      if (signInFirst) {
        await domain.emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 300 });
      }
      const revoking = grants.revokeNow(old.grantId);
      await (signInFirst ? whenAsked("revoke", 1) : whenWaiting(domain.database, 1));
      const claiming = fresh.activate();
      await whenWaiting(domain.database, 2);
      await last.commit();
      await Promise.all([revoking, claiming]);
      expect(await domain.stateOf(old.grantId)).toBe("REVOKED");
      await expectUnbelievedAndFoundDead(fresh.grantId);
    },
  );

  test("when it is written while a check of the other connection is written that heard of nothing yet", async () => {
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    const kept = await domain.connect({ userId: mira, workspaceId: first });
    const ended = await domain.connect({ userId: mira, workspaceId: second });
    await grants.requestDisconnect(ended.userId, ended.grantId);
    const check = await openTransaction(
      domain.database,
      `UPDATE "Grant" SET "checkedAt" = now(), "leaseId" = NULL, "leaseUntil" = NULL WHERE "id" = $1`,
      [kept.grantId],
    );
    const revoking = grants.revokeNow(ended.grantId);
    await whenWaiting(domain.database, 1);
    await check.commit();
    await revoking;
    await expectUnbelievedAndFoundDead(kept.grantId);
  });

  test("when it is written while a sign-in, which has not seen it, is about to be", async () => {
    const unclaimed = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
    await grants.refuseGrant(unclaimed.id, null);
    const received = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
    const profile = await grants.identifyGrant(received);
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    let revoking: Promise<void> | undefined;
    await grants.activateGrant(profile, null, async () => {
      revoking = grants.revokeNow(unclaimed.id);
      await whenWaiting(domain.database, 1);
    });
    await revoking;
    await expectUnbelievedAndFoundDead(received.id);
  });

  test("when its process died, and the next one cannot try", async () => {
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    const kept = await domain.connect({ userId: mira, workspaceId: first });
    const ended = await domain.connect({ userId: mira, workspaceId: second });
    await grants.requestDisconnect(ended.userId, ended.grantId);
    await domain.emulator.control.uninstall(mira);
    await domain.database.query(`UPDATE "Grant" SET "checkedAt" = now() WHERE "id" = $1`, [kept.grantId]);
    await domain.database.query(
      `UPDATE "Grant" SET "leaseId" = gen_random_uuid(), "leaseUntil" = now() - interval '1 second', "sealedToken" = 'v1.k1.a.b.c'
       WHERE "id" = $1`,
      [ended.grantId],
    );
    await grants.revokeNow(ended.grantId);
    expect(await rowOf(ended.grantId)).toMatchObject({ state: "REVOKING", attempts: 0, leaseId: null });
    await expectUnbelievedAndFoundDead(kept.grantId);
  });

  test("by a note that never goes back, whatever order the outcomes are written in", async () => {
    const notedAt = async () =>
      (await domain.database.query<{ at: Date }>(`SELECT "at" FROM "RecentRevocation"`)).map(({ at }) => at);
    const end = async () => {
      const { userId, grantId } = await domain.connect({ userId: mira });
      await grants.requestDisconnect(userId, grantId);
      await grants.revokeNow(grantId);
    };
    await end();
    await domain.database.query(`UPDATE "RecentRevocation" SET "at" = now() + interval '1 hour'`);
    const before = await notedAt();
    await end();
    expect(await notedAt()).toEqual(before);
    expect(before).toHaveLength(1);
  });

  test("when its answer was lost", async () => {
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    const kept = await domain.connect({ userId: mira, workspaceId: first });
    const ended = await domain.connect({ userId: mira, workspaceId: second });
    await domain.emulator.control.addFault({ endpoint: "revoke", kind: "reset", work: "done" });
    await grants.requestDisconnect(ended.userId, ended.grantId);
    await grants.revokeNow(ended.grantId);
    expect(await domain.stateOf(ended.grantId)).toBe("REVOKING");
    await expectUnbelievedAndFoundDead(kept.grantId);
  });

  test("when the person deleted their account meanwhile, and is somebody new by now", async () => {
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    const old = await domain.connect({ userId: mira });
    await domain.emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
    await grants.deleteUser(old.userId);
    const fresh = await domain.connect({ userId: mira });
    await grants.db()
      .$executeRaw`UPDATE "Grant" SET "nextAttemptAt" = now() WHERE "id" = ${old.grantId}::uuid`;
    await grants.sweep();
    expect(await rowOf(fresh.grantId)).toMatchObject({ state: "LOST" });
  });

  test("by a note that is found whatever AUTH_SECRET wrote it, and also while keys are rotated", async () => {
    const { env } = await import("@/lib/env");
    const own = { ...env() };
    onTestFinished(() => {
      Object.assign(env(), own);
    });
    const other = {
      AUTH_SECRET: "another one, of which this instance knows nothing yet",
      TOKEN_KEYS: [{ id: "k2", key: randomBytes(32) }, ...own.TOKEN_KEYS],
    };
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    for (const [ends, signsIn] of [
      [{ ...other, TOKEN_KEYS: own.TOKEN_KEYS }, own],
      [{ AUTH_SECRET: other.AUTH_SECRET, TOKEN_KEYS: own.TOKEN_KEYS }, other],
      [other, { TOKEN_KEYS: other.TOKEN_KEYS.toReversed() }],
    ]) {
      Object.assign(env(), own);
      const old = await domain.connect({ userId: mira, workspaceId: first });
      const fresh = await signInAsFarAsIdentified({ userId: mira, workspaceId: second });
      Object.assign(env(), ends);
      await grants.deleteUser(old.userId);
      expect(await grants.db().grant.count({ where: { webflowUserId: mira } })).toBe(0);
      Object.assign(env(), own, signsIn);
      await fresh.activate();
      await expectUnbelievedAndFoundDead(fresh.grantId);
      await grants.deleteUser((await rowOf(fresh.grantId)).userId ?? "");
    }
  });
});

describe("while an attempt to revoke is not settled", () => {
  /** Mira's kept connection beside one whose revocation has begun: its lease is committed, Webflow may act at any moment. */
  async function beginRevocation() {
    const kept = await domain.connect({ userId: mira, workspaceId: first });
    const ended = await domain.connect({ userId: mira, workspaceId: second });
    await domain.database.query(`UPDATE "Grant" SET "checkedAt" = now() - interval '2 seconds'`);
    await grants.requestDisconnect(ended.userId, ended.grantId);
    await domain.database.query(
      `UPDATE "Grant" SET "leaseId" = gen_random_uuid(), "leaseUntil" = now() + interval '30 seconds' WHERE "id" = $1`,
      [ended.grantId],
    );
    await domain.database.query(
      `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('of Mira', $1, now() + interval '1 hour')`,
      [kept.userId],
    );
    return { kept, ended };
  }
  const leaseRunsOut = (grantId: string) =>
    domain.database.query(`UPDATE "Grant" SET "leaseUntil" = now() - interval '1 second' WHERE "id" = $1`, [
      grantId,
    ]);
  /** What the dashboard says of when a connection was last found alive, and whether it asks Webflow afterwards. */
  async function view(grantId: string) {
    const dashboard = await grants.readDashboard("of Mira");
    const checkedAt = dashboard?.connections.find(({ id }) => id === grantId)?.checkedAt;
    return { believed: checkedAt !== null, checkDue: dashboard?.checkDue };
  }

  test("the person's other connections are not believed, nor what Webflow says of them meanwhile", async () => {
    const { kept } = await beginRevocation();
    expect(await view(kept.grantId)).toEqual({ believed: false, checkDue: false });
    await grants.checkNow(kept.userId, kept.grantId);
    expect((await rowOf(kept.grantId)).checkedAt).not.toBeNull();
    expect(await view(kept.grantId)).toEqual({ believed: false, checkDue: false });
  });

  test("because its process died, a view asks as soon as the lease has run out, and what Webflow says then is believed", async () => {
    const { kept, ended } = await beginRevocation();
    await leaseRunsOut(ended.grantId);
    expect(await view(kept.grantId)).toEqual({ believed: false, checkDue: true });
    await grants.checkStale(kept.userId);
    expect(await view(kept.grantId)).toEqual({ believed: true, checkDue: false });
  });

  test("because its process died after Webflow's yes, the other connection is found dead before it is believed", async () => {
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    const { kept, ended } = await beginRevocation();
    await domain.emulator.control.uninstall(mira);
    await leaseRunsOut(ended.grantId);
    expect(await view(kept.grantId)).toEqual({ believed: false, checkDue: true });
    await grants.checkStale(kept.userId);
    expect(await domain.stateOf(kept.grantId)).toBe("LOST");
  });

  test("another person's connections are believed as ever", async () => {
    await beginRevocation();
    const other = await domain.connect({ userId: jonas });
    await domain.database.query(
      `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('of Jonas', $1, now() + interval '1 hour')`,
      [other.userId],
    );
    expect((await grants.readDashboard("of Jonas"))?.connections).toMatchObject([
      { id: other.grantId, checkedAt: expect.any(Date) },
    ]);
  });
});

describe("when Webflow issues the same token again", () => {
  test("and the older connection is disconnected meanwhile, the new one is found dead", async () => {
    await domain.emulator.control.setSwitches({ secondAuthorization: "same_token" });
    const old = await domain.connect({ userId: mira });
    const fresh = await signInAsFarAsIdentified({ userId: mira });
    await grants.requestDisconnect(old.userId, old.grantId);
    await grants.revokeNow(old.grantId);
    expect(await fresh.activate()).toBe(1);
    await expectUnbelievedAndFoundDead(fresh.grantId);
  });

  test("and the older connection is being revoked, nothing that Webflow says in between is believed", async () => {
    await domain.emulator.control.setSwitches({ secondAuthorization: "same_token" });
    const old = await domain.connect({ userId: mira });
    const fresh = await signInAsFarAsIdentified({ userId: mira });
    await grants.requestDisconnect(old.userId, old.grantId);
    await domain.emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 1_000 });
    const revoking = grants.revokeNow(old.grantId);
    await whenAsked("revoke", 1);
    expect(await fresh.activate()).toBe(1);
    const askedBefore = await domain.countRequests("introspect");
    await grants.checkDoubted(mira);
    expect(await domain.countRequests("introspect")).toBe(askedBefore);
    expect(await rowOf(fresh.grantId)).toMatchObject({ checkedAt: null });
    // Nor is it said that Webflow was asked.
    await domain.database.query(
      `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('of Mira', $1, now() + interval '1 hour')`,
      [old.userId],
    );
    expect((await grants.readDashboard("of Mira"))?.connections).toMatchObject([
      { id: fresh.grantId, checkedAt: null, checkUnclear: false },
    ]);
    await revoking;
    await unsettledIsOver();
    await expectUnbelievedAndFoundDead(fresh.grantId);
  });
});

describe("when Webflow issues the same token again while it is being revoked", () => {
  /** The row of the attempt is gone, and the one that has the token now is not believed. */
  async function reissueDuring(attempt: (grantId: string) => Promise<void>) {
    const other = await domain.connect({ userId: mira, workspaceId: second });
    const old = await domain.connect({ userId: mira, workspaceId: first });
    const token = (await domain.tokens()).at(-1)?.value ?? "";
    const fresh = await asFarAsIdentified(token);
    const another = await signInAsFarAsIdentified({ userId: mira, workspaceId: second });
    await grants.requestDisconnect(old.userId, old.grantId);
    await attempt(old.grantId);
    await fresh.activate();
    await expectUnbelievedWhoeverAsks(fresh.grantId);
    return { token, other, fresh, another };
  }
  async function reissue() {
    let revoking: Promise<void> | undefined;
    const connections = await reissueDuring(async (grantId) => {
      await domain.emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 2_000 });
      revoking = grants.revokeNow(grantId);
      await whenAsked("revoke", 1);
    });
    return { ...connections, revoking };
  }
  async function expectUnbelievedWhoeverAsks(grantId: string) {
    await grants.checkDoubted(mira);
    expect(await rowOf(grantId)).toMatchObject({ state: "ACTIVE", checkedAt: null });
  }

  test("nobody believes it because another connection is made meanwhile, nor that one", async () => {
    const { fresh, another, revoking } = await reissue();
    await another.activate();
    await expectUnbelievedWhoeverAsks(fresh.grantId);
    await expectUnbelievedWhoeverAsks(another.grantId);
    await revoking;
    await unsettledIsOver();
    await expectUnbelievedAndFoundDead(fresh.grantId);
  });

  test("nobody believes another connection that is claimed after that revocation and was heard of before", async () => {
    await domain.emulator.control.setSwitches({ revokeKills: "grant" });
    const { other, another, revoking } = await reissue();
    await revoking;
    await unsettledIsOver();
    // It would be replaced, and its own revocation be the reason.
    await domain.database.query(`DELETE FROM "Grant" WHERE "id" = $1`, [other.grantId]);
    await another.activate();
    await expectUnbelievedAndFoundDead(another.grantId);
  });

  test("nobody believes it because another revocation ends meanwhile", async () => {
    const { fresh, other, revoking } = await reissue();
    await grants.requestDisconnect(other.userId, other.grantId);
    await grants.revokeNow(other.grantId);
    expect(await domain.stateOf(other.grantId)).toBe("REVOKED");
    await expectUnbelievedWhoeverAsks(fresh.grantId);
    await revoking;
    await unsettledIsOver();
    await expectUnbelievedAndFoundDead(fresh.grantId);
  });

  /** An attempt of which nothing more is heard. */
  const reissueWithoutOutcome = () =>
    reissueDuring(async (grantId) => {
      await domain.database.query(
        `UPDATE "Grant" SET "leaseId" = gen_random_uuid(), "leaseUntil" = now() + interval '30 seconds' WHERE "id" = $1`,
        [grantId],
      );
    });

  test("nobody believes it because it is issued once more", async () => {
    const { token, other } = await reissueWithoutOutcome();
    const third = await asFarAsIdentified(token);
    await third.activate();
    await expectUnbelievedWhoeverAsks(third.grantId);
    await domain.emulator.control.uninstall(mira);
    await unsettledIsOver();
    await grants.checkStale(other.userId);
    expect(await domain.stateOf(third.grantId)).toBe("LOST");
  });

  test("nobody believes it because a later attempt on it ends, after it was issued once more", async () => {
    const { token, fresh, other } = await reissueWithoutOutcome();
    await grants.requestDisconnect(other.userId, fresh.grantId);
    await domain.emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 1_000 });
    const third = await asFarAsIdentified(token);
    const revoking = grants.revokeNow(fresh.grantId);
    await whenAsked("revoke", 1);
    await third.activate();
    await revoking;
    await expectUnbelievedWhoeverAsks(third.grantId);
  });

  test("and the process of that attempt dies, nobody believes another one that was heard of before its lease was over", async () => {
    const { other, another } = await reissueWithoutOutcome();
    // It would be replaced, and its own revocation be the reason.
    await domain.database.query(`DELETE FROM "Grant" WHERE "id" = $1`, [other.grantId]);
    await domain.emulator.control.uninstall(mira);
    await unsettledIsOver();
    await another.activate();
    await expectUnbelievedAndFoundDead(another.grantId);
  });

  test("and the process of that attempt dies, all are found dead by a view after its lease", async () => {
    const { other, fresh, another } = await reissueWithoutOutcome();
    await another.activate();
    await domain.emulator.control.uninstall(mira);
    await expectUnbelievedWhoeverAsks(fresh.grantId);
    await expectUnbelievedWhoeverAsks(another.grantId);
    await unsettledIsOver();
    await grants.checkStale(other.userId);
    expect([await domain.stateOf(fresh.grantId), await domain.stateOf(another.grantId)]).toEqual([
      "LOST",
      "LOST",
    ]);
  });
});

describe("Webflow is not asked to revoke a token by who has lost the lease", () => {
  /** It is asked first whose token it is. */
  async function revokeUnclaimed(fault: FaultSpec, whileAskedWhose: () => Promise<void>) {
    const unclaimed = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
    await grants.refuseGrant(unclaimed.id, null);
    await domain.emulator.control.addFault(fault);
    const revoking = grants.revokeNow(unclaimed.id);
    await whenAsked("introspect", 1);
    await whileAskedWhose();
    await revoking;
    expect(await rowOf(unclaimed.id)).toMatchObject({ state: "REVOKING", attempts: 0 });
    expect(await domain.countRequests("revoke")).toBe(0);
    expect(await domain.alive()).toEqual([true]);
  }

  test("to somebody else", () =>
    revokeUnclaimed({ endpoint: "introspect", kind: "delay", ms: 500 }, async () => {
      await domain.database.query(`UPDATE "Grant" SET "leaseId" = gen_random_uuid()`);
    }));

  test("by time, because its process was frozen", async () => {
    try {
      // Of the two that would say it neither does.
      await revokeUnclaimed({ endpoint: "*", kind: "hang", times: 2 }, async () => {
        const later = Date.now() + 26_000;
        vi.spyOn(Date, "now").mockReturnValue(later);
      });
    } finally {
      vi.restoreAllMocks();
    }
  });

  test("but by who has it anew, because that took its time", async () => {
    const unclaimed = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
    await grants.refuseGrant(unclaimed.id, null);
    await domain.emulator.control.addFault({ endpoint: "introspect", kind: "delay", ms: 500 });
    await domain.emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 1_000 });
    const revoking = grants.revokeNow(unclaimed.id);
    await whenAsked("introspect", 1);
    await domain.database.query(`UPDATE "Grant" SET "leaseUntil" = now() + interval '1 second'`);
    await whenAsked("revoke", 1);
    const [{ left } = { left: 0 }] = await domain.database.query<{ left: number }>(
      `SELECT extract(epoch FROM "leaseUntil" - now())::float AS "left" FROM "Grant"`,
    );
    expect(left).toBeGreaterThan(20);
    await revoking;
    expect(await domain.alive()).toEqual([false]);
  });
});

describe("what Webflow said before a process was frozen is not taken for what it says now", () => {
  test("by a check whose lease has run out", async () => {
    const { userId, grantId } = await domain.connect({ userId: mira });
    const before = await rowOf(grantId);
    await domain.emulator.control.addFault({ endpoint: "introspect", kind: "delay", ms: 500 });
    await domain.emulator.control.clearRequests();
    const checking = grants.checkNow(userId, grantId);
    await whenAsked("introspect", 1);
    await domain.database.query(`UPDATE "Grant" SET "leaseUntil" = now() - interval '1 second'`);
    await checking;
    expect((await rowOf(grantId)).checkedAt).toEqual(before.checkedAt);
  });

  test("by a check that was faster, or slower, than a revocation whose process died since", async () => {
    const kept = await domain.connect({ userId: mira, workspaceId: first });
    const ended = await domain.connect({ userId: mira, workspaceId: second });
    await grants.requestDisconnect(ended.userId, ended.grantId);
    await domain.database.query(
      `UPDATE "Grant" SET "leaseId" = gen_random_uuid(), "leaseUntil" = now() + interval '30 seconds' WHERE "id" = $1`,
      [ended.grantId],
    );
    await domain.emulator.control.addFault({ endpoint: "introspect", kind: "delay", ms: 500 });
    await domain.emulator.control.clearRequests();
    const checking = grants.checkNow(kept.userId, kept.grantId);
    await whenAsked("introspect", 1);
    // Over before the check is, and not before it began.
    await domain.database.query(
      `UPDATE "Grant" SET "leaseUntil" = clock_timestamp() WHERE "id" = $1 RETURNING pg_sleep(0.01)`,
      [ended.grantId],
    );
    await checking;
    await domain.database.query(
      `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('of Mira', $1, now() + interval '1 hour')`,
      [kept.userId],
    );
    const dashboard = await grants.readDashboard("of Mira");
    expect(dashboard?.checkDue).toBe(true);
    expect(dashboard?.connections.find(({ id }) => id === kept.grantId)).toMatchObject({ checkedAt: null });
  });

  test("by a sign-in that took its time", async () => {
    const fresh = await signInAsFarAsIdentified({ userId: mira });
    await domain.database.query(`UPDATE "Grant" SET "receivedAt" = now() - interval '75 seconds'`);
    const { receivedAt } = await rowOf(fresh.grantId);
    await fresh.activate();
    expect((await rowOf(fresh.grantId)).checkedAt).toEqual(receivedAt);
  });
});

test("a sign-in that waits for a revocation to be written replaces what that left, and does not fail", async () => {
  const old = await domain.connect({ userId: mira });
  const fresh = await signInAsFarAsIdentified({ userId: mira });
  await grants.requestDisconnect(old.userId, old.grantId);
  const confirmation = await openTransaction(
    domain.database,
    `UPDATE "Grant" SET "state" = 'REVOKED', "sealedToken" = NULL, "endedAt" = now() WHERE "id" = $1`,
    [old.grantId],
  );
  const activating = fresh.activate();
  await whenWaiting(domain.database, 1);
  await confirmation.commit();
  expect(await activating).toBe(1);
  expect(await rowOf(old.grantId)).toMatchObject({ state: "REVOKED", replacedById: fresh.grantId });
});

test("an attempt whose lease was taken over writes nothing, and what it may have killed is looked at", async () => {
  const kept = await domain.connect({ userId: mira, workspaceId: first });
  const ended = await domain.connect({ userId: mira, workspaceId: second });
  await grants.requestDisconnect(ended.userId, ended.grantId);
  await domain.emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 300 });
  const revoking = grants.revokeNow(ended.grantId);
  await whenAsked("revoke", 1);
  const successor = "00000000-0000-4000-8000-000000000000";
  await domain.database.query(`UPDATE "Grant" SET "leaseId" = $1 WHERE "id" = $2`, [
    successor,
    ended.grantId,
  ]);
  await domain.database.query(`UPDATE "Grant" SET "checkedAt" = now() WHERE "id" = $1`, [kept.grantId]);
  await revoking;
  expect(await rowOf(ended.grantId)).toMatchObject({ state: "REVOKING", leaseId: successor });
  expect(await rowOf(kept.grantId)).toMatchObject({ state: "ACTIVE", checkedAt: null });
});

test("a person who connects again while their old token is being revoked does not end that attempt", async () => {
  const old = await domain.connect({ userId: mira });
  await grants.requestDisconnect(old.userId, old.grantId);
  await domain.emulator.control.addFault({ endpoint: "revoke", kind: "delay", ms: 1_000 });
  const revoking = grants.revokeNow(old.grantId);
  await whenAsked("revoke", 1);
  const fresh = await domain.connect({ userId: mira });
  await grants.revokeReplaced(fresh.grantId);
  await revoking;
  expect(await domain.stateOf(old.grantId)).toBe("REVOKED");
  expect(await domain.countRequests("revoke")).toBe(1);
  expect(await rowOf(fresh.grantId)).toMatchObject({ state: "ACTIVE", checkedAt: null });
  await grants.sweep();
  expect((await rowOf(fresh.grantId)).checkedAt).not.toBeNull();
});

test("a new connection that ends the person's others at Webflow is noticed on them", async () => {
  await domain.emulator.control.setSwitches({ secondAuthorization: "replaces" });
  const one = await domain.connect({ userId: mira, workspaceId: first });
  const two = await domain.connect({ userId: mira, workspaceId: second });
  expect(two.unsettled).toBe(1);
  expect(await rowOf(one.grantId)).toMatchObject({ state: "ACTIVE", checkedAt: null });
  await grants.checkDoubted(mira);
  expect(await domain.stateOf(one.grantId)).toBe("LOST");
  expect(await domain.stateOf(two.grantId)).toBe("ACTIVE");
});

test("a connection that was issued before another, and is claimed after it, is looked at: the other may have ended it", async () => {
  await domain.emulator.control.setSwitches({ secondAuthorization: "replaces" });
  const slow = await signInAsFarAsIdentified({ userId: mira, workspaceId: first });
  await domain.connect({ userId: mira, workspaceId: second });
  await slow.activate();
  await expectUnbelievedAndFoundDead(slow.grantId);
});

test("a Grant that is being claimed is not given up", async () => {
  const fresh = await signInAsFarAsIdentified({ userId: mira });
  const claim = await holdGrant(domain.database, fresh.grantId);
  await grants.refuseGrant(fresh.grantId, null);
  await claim.commit();
  await fresh.activate();
  expect(await domain.stateOf(fresh.grantId)).toBe("ACTIVE");
});
