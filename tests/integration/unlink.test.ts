import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Domain, ines, jonas, mira, startDomain } from "../support/domain";
import { endTransactions, holdGrant, whenWaiting } from "../support/locks";

let domain: Domain;
let grants: Domain["grants"];
let unlinkWebflowUser: typeof import("@/lib/account/unlink").unlinkWebflowUser;
let unlinkOtherWebflowUsers: typeof import("@/lib/account/unlink").unlinkOtherWebflowUsers;
let beginSession: typeof import("@/lib/auth/sessions").beginSession;
let hashOf: typeof import("@/lib/auth/session").hashOf;
let readActivity: typeof import("@/lib/grants/activity").readActivity;

beforeAll(async () => {
  domain = await startDomain();
  grants = domain.grants;
  ({ unlinkWebflowUser, unlinkOtherWebflowUsers } = await import("@/lib/account/unlink"));
  ({ beginSession } = await import("@/lib/auth/sessions"));
  ({ hashOf } = await import("@/lib/auth/session"));
  ({ readActivity } = await import("@/lib/grants/activity"));
});
afterEach(async () => {
  await endTransactions();
  await domain.reset();
});
afterAll(() => domain?.stop());

/** A session of this User; answers the hash of its token. */
async function signIn(userId: string): Promise<string> {
  const tokenHash = randomUUID();
  await domain.database.query(
    `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ($1, $2, now() + interval '1 day')`,
    [tokenHash, userId],
  );
  return tokenHash;
}

/** Mira's User, to whom Jonas's Webflow user was linked; the Account ids of both, and her session. */
async function linked() {
  const own = await domain.connect({ userId: mira });
  const added = await domain.connect({ userId: jonas }, own.userId);
  return {
    userId: own.userId,
    own: { grantId: own.grantId, accountId: await accountOf(mira) },
    added: { grantId: added.grantId, accountId: await accountOf(jonas) },
    here: await signIn(own.userId),
  };
}

async function accountOf(webflowUserId: string): Promise<string> {
  const account = await grants.db().account.findFirstOrThrow({ where: { providerAccountId: webflowUserId } });
  return account.id;
}

const linkedUsers = async () =>
  (await grants.db().account.findMany({ orderBy: { createdAt: "asc" } })).map(
    ({ userId, providerAccountId }) => ({ userId, id: providerAccountId }),
  );
const sessions = async () => (await grants.db().session.findMany()).map(({ tokenHash }) => tokenHash);

describe("unlinking a Webflow user", () => {
  test("takes it and what was connected with it away, signs every other browser out, and leaves all else", async () => {
    const { userId, own, added, here } = await linked();
    await signIn(userId);
    expect(await unlinkWebflowUser(userId, added.accountId, here)).toBe(true);
    expect(await linkedUsers()).toEqual([{ userId, id: mira }]);
    expect(await domain.alive()).toEqual([true, false]);
    expect([await domain.stateOf(own.grantId), await domain.stateOf(added.grantId)]).toEqual([
      "ACTIVE",
      "REVOKED",
    ]);
    expect(await sessions()).toEqual([here]);
  });

  test("takes nothing away for a session that has ended in the meantime", async () => {
    const { userId, added, here } = await linked();
    await domain.database.query(`DELETE FROM "Session"`);
    expect(await unlinkWebflowUser(userId, added.accountId, here)).toBe(false);
    expect(await unlinkOtherWebflowUsers(userId, here)).toBe(false);
    expect(await linkedUsers()).toHaveLength(2);
    expect(await domain.alive()).toEqual([true, true]);
  });

  test("leaves the session that asks also when a callback has replaced its token since", async () => {
    const { userId, added, here } = await linked();
    await domain.database.query(
      `UPDATE "Session" SET "tokenHash" = 'new', "replacedTokenHash" = "tokenHash" WHERE "tokenHash" = $1`,
      [here],
    );
    await signIn(userId);
    expect(await unlinkWebflowUser(userId, added.accountId, here)).toBe(true);
    expect(await sessions()).toEqual(["new"]);
  });

  test("is told in a line that still knows the name, and in one for each connection and browser", async () => {
    const { userId, added, here } = await linked();
    await signIn(userId);
    await unlinkWebflowUser(userId, added.accountId, here);
    const events = (await readActivity(here, null))?.events ?? [];
    expect(events.map(({ type }) => type)).toEqual([
      "REVOCATION_CONFIRMED",
      "SIGNED_OUT",
      "UNLINKED",
      "DISCONNECTED",
      "CONNECTED",
      "CONNECTED",
    ]);
    expect(events[2]?.webflowUser).toMatchObject({ id: jonas, name: expect.stringContaining("Jonas") });
  });

  test("commits before Webflow is asked; what Webflow does not confirm the sweep goes on with", async () => {
    const { userId, added, here } = await linked();
    const { id } = await domain.emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 503,
    });
    expect(await unlinkWebflowUser(userId, added.accountId, here)).toBe(true);
    expect(await domain.stateOf(added.grantId)).toBe("REVOKING");
    expect(await linkedUsers()).toEqual([{ userId, id: mira }]);
    await domain.emulator.control.removeFault(id).catch(() => {});
    await grants.db().$executeRaw`UPDATE "Grant" SET "nextAttemptAt" = now()`;
    await grants.sweep();
    expect(await domain.alive()).toEqual([true, false]);
  });

  test("leaves the one that the User was made with, also the only one: nobody is locked out", async () => {
    const { userId, own, here } = await linked();
    const elsewhere = await signIn(userId);
    expect(await unlinkWebflowUser(userId, own.accountId, here)).toBe(false);
    expect(await linkedUsers()).toHaveLength(2);
    expect(await domain.alive()).toEqual([true, true]);
    expect((await sessions()).sort()).toEqual([here, elsewhere].sort());
  });

  test("leaves another person's, and one that never was or is gone", async () => {
    const { userId, added, here } = await linked();
    const other = await domain.connect({ userId: ines });
    await domain.connect({ userId: "64b7f1a29c0d4e0011cd0004" }, other.userId);
    const theirs = await accountOf("64b7f1a29c0d4e0011cd0004");
    for (const id of [theirs, randomUUID()]) expect(await unlinkWebflowUser(userId, id, here)).toBe(false);
    expect(await linkedUsers()).toHaveLength(4);
    const both = [1, 2].map(() => unlinkWebflowUser(userId, added.accountId, here));
    expect((await Promise.all(both)).sort()).toEqual([false, true]);
    expect(await domain.alive()).toEqual([true, false, true, true]);
  });

  test("makes it a stranger: it comes back as another User, of whom the first one sees nothing", async () => {
    const { userId, added, here } = await linked();
    await unlinkWebflowUser(userId, added.accountId, here);
    const again = await domain.connect({ userId: jonas });
    expect(again.userId).not.toBe(userId);
    expect(await domain.stateOf(again.grantId)).toBe("ACTIVE");
    await domain.database.query(`UPDATE "Account" SET "name" = 'A later name' WHERE "userId" = $1`, [
      again.userId,
    ]);
    const seen = JSON.stringify(
      [await grants.readDashboard(here), await readActivity(here, null)],
      (_, value) => (typeof value === "bigint" ? `${value}` : value),
    );
    expect(seen).toContain(jonas);
    expect(seen).not.toContain("A later name");
  });

  test("leaves what is on its way out to be seen, also when Webflow gives its newest token to somebody else again", async () => {
    const { userId, added, here } = await linked();
    const { grantId: newest } = await domain.connect({ userId: jonas }, userId);
    const token = (await domain.tokens()).at(-1)?.value ?? "";
    const shown = async () =>
      (await grants.readDashboard(here))?.connections
        .filter(({ webflowUser }) => webflowUser.id === jonas)
        .map(({ id, state }) => ({ id, state }));
    await domain.emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 503,
      times: "until_cleared",
    });
    await unlinkWebflowUser(userId, added.accountId, here);
    expect(await shown()).toEqual([{ id: newest, state: "disconnecting" }]);
    const again = await grants.receiveToken(token, []);
    const theirs = await grants.activateGrant(await grants.identifyGrant(again), null);
    expect(theirs.userId).not.toBe(userId);
    expect(await shown()).toEqual([{ id: added.grantId, state: "disconnecting" }]);
  });
});

describe("unlinking all other Webflow users", () => {
  test("takes each away as unlinking it alone would, and leaves the one that the User was made with", async () => {
    const { userId, own, added, here } = await linked();
    const third = await domain.connect({ userId: ines }, userId);
    await signIn(userId);
    expect(await unlinkOtherWebflowUsers(userId, here)).toBe(true);
    expect(await linkedUsers()).toEqual([{ userId, id: mira }]);
    expect(await domain.alive()).toEqual([true, false, false]);
    const states = [own, added, third].map(({ grantId }) => domain.stateOf(grantId));
    expect(await Promise.all(states)).toEqual(["ACTIVE", "REVOKED", "REVOKED"]);
    expect(await sessions()).toEqual([here]);
    const events = (await readActivity(here, null))?.events ?? [];
    const unlinked = events.filter(({ type }) => type === "UNLINKED");
    expect(unlinked.map(({ webflowUser }) => webflowUser?.id).sort()).toEqual([jonas, ines]);
    expect(events.map(({ type }) => type).sort()).toEqual([
      ...["CONNECTED", "CONNECTED", "CONNECTED"],
      ...["DISCONNECTED", "DISCONNECTED"],
      ...["REVOCATION_CONFIRMED", "REVOCATION_CONFIRMED"],
      ...["SIGNED_OUT", "UNLINKED", "UNLINKED"],
    ]);
  });

  test("does nothing where there is none, and nothing to another person's", async () => {
    await linked();
    const { userId } = await domain.connect({ userId: ines });
    const [here, elsewhere] = [await signIn(userId), await signIn(userId)];
    expect(await unlinkOtherWebflowUsers(userId, here)).toBe(false);
    expect(await linkedUsers()).toHaveLength(3);
    expect(await sessions()).toContain(elsewhere);
    expect(await domain.alive()).toEqual([true, true, true]);
  });
});

describe("unlinking a Webflow user while it", () => {
  /** Stops whoever comes first at a row that both need, lets the other come, and lets both go on. */
  async function race(first: () => Promise<unknown>, second: () => Promise<unknown>, grantId: string) {
    const row = await holdGrant(domain.database, grantId);
    const one = first();
    await whenWaiting(domain.database, 1);
    const two = second();
    await whenWaiting(domain.database, 2);
    await row.commit();
    const [a, b] = await Promise.allSettled([one, two]);
    return { first: a, second: b };
  }

  /** The end of its callback, which signs in by it, or connects it once more in a browser that is signed in. */
  async function callback(startedBy: { userId: string; session: string } | null, webflowUserId = jonas) {
    const fresh = await grants.receiveToken(await domain.issueToken({ userId: webflowUserId }), []);
    const profile = await grants.identifyGrant(fresh);
    const sessionToken = randomUUID();
    const finish = () =>
      grants.activateGrant(profile, startedBy?.userId ?? null, (tx, userId) =>
        beginSession(tx, userId, {
          startedBy: startedBy?.userId ?? null,
          sessionTokenHash: startedBy?.session ?? null,
          sessionToken,
          userAgent: null,
        }),
      );
    return { fresh, finish, tokenHash: hashOf(sessionToken) };
  }

  test("signs in: it is signed out and disconnected, when it was first", async () => {
    const { userId, own, added, here } = await linked();
    const { fresh, finish } = await callback(null);
    await race(finish, () => unlinkWebflowUser(userId, added.accountId, here), added.grantId);
    expect(await sessions()).toEqual([here]);
    expect(await linkedUsers()).toEqual([{ userId, id: mira }]);
    expect([await domain.stateOf(own.grantId), await domain.stateOf(fresh.id)]).toEqual([
      "ACTIVE",
      "REVOKED",
    ]);
    await grants.sweep();
    expect((await domain.alive()).filter(Boolean)).toHaveLength(1);
  });

  test("signs in: it is somebody else, when it was second", async () => {
    const { userId, added, here } = await linked();
    const { finish, tokenHash } = await callback(null);
    await race(() => unlinkWebflowUser(userId, added.accountId, here), finish, added.grantId);
    const rows = await grants.db().session.findMany({ orderBy: { createdAt: "asc" } });
    expect(rows.map((row) => [row.tokenHash, row.userId === userId])).toEqual([
      [here, true],
      [tokenHash, false],
    ]);
  });

  test("is connected once more in another browser: first or second, nothing of it is left", async () => {
    for (const unlinkFirst of [true, false]) {
      const { userId, added, here } = await linked();
      const session = await signIn(userId);
      const { fresh, finish } = await callback({ userId, session });
      const unlink = () => unlinkWebflowUser(userId, added.accountId, here);
      const { second } = unlinkFirst
        ? await race(unlink, finish, added.grantId)
        : await race(finish, unlink, added.grantId);
      if (unlinkFirst)
        expect(second).toMatchObject({ status: "rejected", reason: { code: "session_changed" } });
      expect(await linkedUsers()).toEqual([{ userId, id: mira }]);
      expect(await sessions()).toEqual([here]);
      expect(await domain.stateOf(fresh.id)).toBe(unlinkFirst ? "RECEIVED" : "REVOKED");
      await domain.reset();
    }
  });

  test("links another one again: nothing of either is left where all are unlinked at once, whoever is first", async () => {
    for (let round = 0; round < 12; round++) {
      const { userId, added, here } = await linked();
      await domain.connect({ userId: ines }, userId);
      await unlinkWebflowUser(userId, added.accountId, here);
      // Two browsers of a thief's: one came in by the Webflow user that is left, and links the other again; one comes in by it now.
      const again = await callback({ userId, session: await signIn(userId) });
      const signingIn = await callback(null, ines);
      const all = [again.finish, signingIn.finish, () => unlinkOtherWebflowUsers(userId, here)];
      const turn = round % all.length;
      await Promise.allSettled([...all.slice(turn), ...all.slice(0, turn)].map((work) => work()));
      const left = (await linkedUsers()).filter((account) => account.userId === userId);
      expect(left, `round ${round}`).toEqual([{ userId, id: mira }]);
      const open = await grants.db().session.findMany({ where: { userId } });
      expect(open.map(({ tokenHash }) => tokenHash)).toEqual([here]);
      const usable = await grants.db().grant.findMany({ where: { userId, state: "ACTIVE" } });
      expect(usable.map(({ webflowUserId }) => webflowUserId)).toEqual([mira]);
      await domain.reset();
    }
  });
});
