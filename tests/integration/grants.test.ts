import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { FaultSpec } from "../emulator/client";
import { type Domain, jonas, mira, startDomain } from "../support/domain";

let domain: Domain;
let grants: Domain["grants"];
let emulator: Domain["emulator"];

beforeAll(async () => {
  domain = await startDomain();
  ({ grants, emulator } = domain);
});
afterEach(() => domain.reset());
afterAll(() => domain?.stop());

const issueToken: Domain["issueToken"] = (...choice) => domain.issueToken(...choice);
const connect: Domain["connect"] = (...how) => domain.connect(...how);
const stateOf = (id: string) => domain.stateOf(id);
const alive = () => domain.alive();
const revokeRequests = () => domain.countRequests("revoke");

describe("a received token", () => {
  test("is stored sealed, and belongs to nobody yet", async () => {
    const token = await issueToken();
    const { id } = await grants.receiveToken(token, ["sites:read"]);
    const row = await grants.db().grant.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ state: "RECEIVED", userId: null, webflowUserId: null });
    expect(JSON.stringify(row)).not.toContain(token);
  });

  test("that cannot be stored is revoked at once", async () => {
    const token = await issueToken();
    await grants.db().$executeRaw`ALTER TABLE "Grant" RENAME TO "GrantOutOfReach"`;
    try {
      await expect(grants.receiveToken(token, [])).rejects.toMatchObject({ code: "database_unavailable" });
    } finally {
      await grants.db().$executeRaw`ALTER TABLE "GrantOutOfReach" RENAME TO "Grant"`;
    }
    expect(await alive()).toEqual([false]);
  });

  const rowOf = (id: string) => grants.db().grant.findUniqueOrThrow({ where: { id } });

  /** Nobody believes it; the next look finds out. */
  async function expectUnbelievedAndFoundDead(grantId: string) {
    expect(await rowOf(grantId)).toMatchObject({ state: "ACTIVE", checkedAt: null });
    await grants.sweep();
    expect(await rowOf(grantId)).toMatchObject({ state: "LOST" });
  }

  /** Receives a token while PostgreSQL takes no Grant, until Webflow was asked to revoke it. */
  async function receiveWithoutInsert(token: string) {
    await grants.db().$executeRaw`
      CREATE FUNCTION no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'as if the connection were cut'; END $$`;
    await grants.db().$executeRaw`
      CREATE TRIGGER no_insert BEFORE INSERT ON "Grant" FOR EACH ROW EXECUTE FUNCTION no_insert()`;
    const asked = expect.poll(() => domain.countRequests("revoke"), { timeout: 10_000 }).toBe(1);
    const received = grants.receiveToken(token, []).then(
      ({ id }) => id,
      (error) => error,
    );
    try {
      await asked;
    } finally {
      await grants.db().$executeRaw`DROP FUNCTION no_insert CASCADE`;
    }
    return received;
  }

  test("that cannot be stored at first is stored a moment later, and nothing is revoked", async () => {
    await grants.db().$executeRaw`ALTER TABLE "Grant" RENAME TO "GrantOutOfReach"`;
    const receiving = grants.receiveToken(await issueToken({ userId: mira }), []);
    await expect.poll(() => domain.countRequests("introspect")).toBe(1);
    await grants.db().$executeRaw`ALTER TABLE "GrantOutOfReach" RENAME TO "Grant"`;
    expect(await stateOf((await receiving).id)).toBe("RECEIVED");
    expect(await domain.countRequests("revoke")).toBe(0);
    expect(await alive()).toEqual([true]);
  });

  test("that cannot be stored at first is stored by another connection where the next one is silent", async () => {
    await grants.db().$executeRaw`CREATE SEQUENCE tries`;
    await grants.db().$executeRaw`
      CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE try int := nextval('tries'); BEGIN
        IF try = 1 THEN RAISE EXCEPTION 'as if the connection were cut'; END IF;
        IF try = 2 THEN PERFORM pg_sleep(5); END IF;
        RETURN NEW;
      END $$`;
    await grants.db().$executeRaw`
      CREATE TRIGGER trouble BEFORE INSERT ON "Grant" FOR EACH ROW EXECUTE FUNCTION trouble()`;
    try {
      const { id } = await grants.receiveToken(await issueToken({ userId: mira }), []);
      expect(await stateOf(id)).toBe("RECEIVED");
      expect(await domain.countRequests("revoke")).toBe(0);
    } finally {
      await grants.db().$executeRaw`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
      await grants.db().$executeRaw`DROP FUNCTION trouble CASCADE`;
      await grants.db().$executeRaw`DROP SEQUENCE tries`;
    }
  });

  test("that cannot be stored at first is stored where that takes long, or this process is frozen meanwhile", async () => {
    await grants.db().$executeRaw`CREATE SEQUENCE tries`;
    await grants.db().$executeRaw`
      CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') = 1 THEN RAISE EXCEPTION 'as if the connection were cut'; END IF;
        PERFORM pg_sleep(0.6);
        RETURN NEW;
      END $$`;
    await grants.db().$executeRaw`
      CREATE TRIGGER trouble AFTER INSERT ON "Grant" FOR EACH ROW EXECUTE FUNCTION trouble()`;
    const tries = async () =>
      (await grants.db().$queryRaw<{ n: bigint }[]>`SELECT last_value AS "n" FROM tries`)[0]?.n;
    try {
      const slow = await grants.receiveToken(await issueToken({ userId: mira }), []);
      expect(await stateOf(slow.id)).toBe("RECEIVED");
      await grants.db().$executeRaw`SELECT setval('tries', 1, false)`;
      const frozen = grants.receiveToken(await issueToken({ userId: mira }), []);
      await expect.poll(tries).toBe(2n);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
      expect(await stateOf((await frozen).id)).toBe("RECEIVED");
      expect(await domain.countRequests("revoke")).toBe(0);
    } finally {
      await grants.db().$executeRaw`DROP FUNCTION trouble CASCADE`;
      await grants.db().$executeRaw`DROP SEQUENCE tries`;
    }
  });

  test("that can neither be stored nor revoked at first is stored as soon as it can be", async () => {
    await emulator.control.addFault({ endpoint: "revoke", kind: "hang" });
    expect(await stateOf(await receiveWithoutInsert(await issueToken()))).toBe("RECEIVED");
    expect(await alive()).toEqual([true]);
  });

  test.each(["adds", "same_token"] as const)(
    "that was revoked because it could not be stored makes the person's others due for a look (a second authorization: %s)",
    async (secondAuthorization) => {
      await emulator.control.setSwitches({ secondAuthorization, revokeKills: "grant" });
      const { grantId } = await connect({ userId: mira });
      const token = await issueToken({ userId: mira });
      expect(await receiveWithoutInsert(token)).toMatchObject({ code: "database_unavailable" });
      await expectUnbelievedAndFoundDead(grantId);
    },
  );

  test("that could not be stored at first, and whose revocation was not answered, makes the person's others due for a look", async () => {
    await emulator.control.setSwitches({ revokeKills: "grant" });
    const { grantId } = await connect({ userId: mira });
    const token = await issueToken({ userId: mira });
    await emulator.control.addFault({ endpoint: "revoke", kind: "hang", work: "done" });
    await receiveWithoutInsert(token);
    await expectUnbelievedAndFoundDead(grantId);
  });

  test("that can neither be stored nor revoked is told in an alert, by its fingerprint", async () => {
    const lines = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const token = await issueToken();
    await emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
    await grants.db().$executeRaw`ALTER TABLE "Grant" RENAME TO "GrantOutOfReach"`;
    try {
      await expect(grants.receiveToken(token, [])).rejects.toMatchObject({ code: "database_unavailable" });
    } finally {
      await grants.db().$executeRaw`ALTER TABLE "GrantOutOfReach" RENAME TO "Grant"`;
      vi.restoreAllMocks();
    }
    const printed = lines.mock.calls.map(([line]) => `${line}`);
    const [{ fingerprint } = { fingerprint: "" }] = await domain.tokens();
    expect(printed.filter((line) => line.includes('"event":"orphan_token"'))).toEqual([
      expect.stringContaining(fingerprint.slice(0, 32)),
    ]);
    expect(printed.join()).not.toContain(token);
  });

  test("that nobody claims in ten minutes is revoked", async () => {
    const { id } = await grants.receiveToken(await issueToken(), []);
    await grants.sweep();
    expect(await stateOf(id)).toBe("RECEIVED");
    await grants.db().$executeRaw`UPDATE "Grant" SET "nextAttemptAt" = now() - interval '1 second'`;
    await grants.sweep();
    expect(await stateOf(id)).toBe("REVOKED");
    expect(await alive()).toEqual([false]);
  });

  test("that the sweep has given up cannot be claimed any more", async () => {
    const received = await grants.receiveToken(await issueToken(), []);
    const { id } = received;
    const profile = await grants.identifyGrant(received);
    await grants.refuseGrant(id, null);
    await expect(grants.activateGrant(profile, null)).rejects.toMatchObject({ code: "start_expired" });
    expect(await grants.db().user.count()).toBe(0);
  });
});

test("a sweep finishes all that nobody claimed, also where Webflow issued the token of an active Grant again", async () => {
  await emulator.control.setSwitches({ secondAuthorization: "same_token" });
  await connect();
  for (let count = 0; count < 12; count++) await grants.receiveToken(await issueToken(), []);
  await grants.db().$executeRaw`UPDATE "Grant" SET "nextAttemptAt" = now() - interval '1 second'`;
  expect(await grants.sweep()).toMatchObject({ unclaimed: 12 });
  expect(await grants.db().grant.count()).toBe(1);
});

test("a refused token that an active Grant holds as well is not revoked", async () => {
  await emulator.control.setSwitches({ secondAuthorization: "same_token" });
  const active = await connect();
  const { id: refused } = await grants.receiveToken(await issueToken(), []);
  await grants.refuseGrant(refused, null);
  await grants.sweep();
  const left = await grants.db().grant.findMany({ select: { id: true, state: true } });
  expect(left).toEqual([{ id: active.grantId, state: "ACTIVE" }]);
  expect(await alive()).toEqual([true]);
});

describe("activating", () => {
  test("makes one User of two first sign-ins at once, and one live Grant", async () => {
    const received = await Promise.all(
      [issueToken(), issueToken()].map(async (token) => grants.receiveToken(await token, [])),
    );
    const profiles = await Promise.all(received.map((one) => grants.identifyGrant(one)));
    await Promise.all(profiles.map((profile) => grants.activateGrant(profile, null)));
    expect(await grants.db().user.count()).toBe(1);
    expect((await Promise.all(received.map(({ id }) => stateOf(id)))).sort()).toEqual(["ACTIVE", "REVOKING"]);
  });

  test("sends the Grant that the new one covers to REVOKING in the same transaction, and no other", async () => {
    const [first, second] = (await emulator.control.users()).find(({ id }) => id === mira)?.workspaces ?? [];
    const old = await connect({ userId: mira, workspaceId: first?.id });
    const beside = await connect({ userId: mira, workspaceId: second?.id });
    const renewed = await connect({ userId: mira, workspaceId: first?.id });
    expect(renewed).toMatchObject({ unsettled: 2, userId: old.userId });
    expect(await stateOf(old.grantId)).toBe("REVOKING");
    expect(await stateOf(beside.grantId)).toBe("ACTIVE");
    await grants.revokeReplaced(renewed.grantId);
    expect(await alive()).toEqual([false, true, true]);
  });

  test("keeps what it replaced in mind: disconnected is only what has no older token left alive", async () => {
    const [first, second] = (await emulator.control.users()).find(({ id }) => id === mira)?.workspaces ?? [];
    const beside = await connect({ userId: mira, workspaceId: second?.id });
    const { userId, grantId: oldest } = await connect({ userId: mira, workspaceId: first?.id });
    const { grantId: older } = await connect({ userId: mira, workspaceId: first?.id });
    const { grantId } = await connect({ userId: mira, workspaceId: first?.id });
    await grants.db().$executeRaw`
      INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('here', ${userId}::uuid, now() + interval '1 day')`;
    const shown = async (id: string) =>
      (await grants.readDashboard("here"))?.connections.find((one) => one.id === id)?.state;
    const end = async (id: string) => {
      await grants.requestDisconnect(userId, id);
      await grants.revokeNow(id);
      expect(await stateOf(id)).toBe("REVOKED");
    };
    expect(await shown(grantId)).toBe("active");
    await end(grantId);
    expect(await shown(grantId)).toBe("disconnecting");
    // What is still on its way out opens nothing of the other workspace.
    await end(beside.grantId);
    expect(await shown(beside.grantId)).toBe("disconnected");
    // Only the oldest is left, which the one in between had replaced.
    await grants.revokeNow(older);
    expect([await stateOf(oldest), await shown(grantId)]).toEqual(["REVOKING", "disconnecting"]);
    await grants.revokeNow(oldest);
    expect(await shown(grantId)).toBe("disconnected");
  });

  test("keeps what it replaced in mind also where Webflow did not say what either opens", async () => {
    const { grantId: older } = await connect({ userId: mira });
    const { userId, grantId } = await connect({ userId: mira });
    await grants.db()
      .$executeRaw`UPDATE "Grant" SET "coverage" = '{}', "siteIds" = '{}', "workspaceIds" = '{}'`;
    await grants.db().$executeRaw`
      INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('here', ${userId}::uuid, now() + interval '1 day')`;
    const shown = async () => (await grants.readDashboard("here"))?.connections.map(({ state }) => state);
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    expect(await shown()).toEqual(["disconnecting"]);
    await grants.revokeNow(older);
    expect(await shown()).toEqual(["disconnected"]);
  });

  test("keeps what it replaced in mind for as long as it takes, and nothing that was disconnected before that", async () => {
    const [first] = (await emulator.control.users()).find(({ id }) => id === mira)?.workspaces ?? [];
    const before = await connect({ userId: mira });
    const { userId } = before;
    const end = async (id: string) => {
      await grants.requestDisconnect(userId, id);
      await grants.revokeNow(id);
      expect(await stateOf(id)).toBe("REVOKED");
    };
    await end(before.grantId);
    const { grantId: older } = await connect({ userId: mira, workspaceId: first?.id });
    const { grantId } = await connect({ userId: mira, workspaceId: first?.id });
    await end(grantId);
    await grants.db().$executeRaw`
      UPDATE "Grant" SET "endedAt" = now() - interval '9 days' WHERE "state" = 'REVOKED'`;
    await grants.db().$executeRaw`
      INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('here', ${userId}::uuid, now() + interval '1 day')`;
    const shown = async () => (await grants.readDashboard("here"))?.connections;
    expect(await shown()).toMatchObject([{ id: grantId, state: "disconnecting", endedAt: null }]);
    await grants.revokeNow(older);
    expect(await shown()).toEqual([]);
  });

  test("keeps what it replaced in mind through connections of which Webflow said neither workspace nor more than a site", async () => {
    const { userId, grantId: oldest } = await connect({ userId: mira });
    const { grantId: older } = await connect({ userId: mira });
    const { grantId } = await connect({ userId: mira });
    // The first opened another site of the workspace than the others name.
    await grants.db().$executeRaw`
      UPDATE "Grant" SET "coverage" = '{"a site"}', "siteIds" = '{"a site"}', "workspaceIds" = '{}' WHERE "id" <> ${oldest}::uuid`;
    await grants.db().$executeRaw`
      INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('here', ${userId}::uuid, now() + interval '1 day')`;
    const shown = async () => (await grants.readDashboard("here"))?.connections;
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    await grants.revokeNow(older);
    expect(await shown()).toMatchObject([{ id: grantId, state: "disconnecting" }]);
    await grants.revokeNow(oldest);
    expect(await shown()).toMatchObject([{ id: grantId, state: "disconnected" }]);
  });

  test("keeps what it replaced in mind also when it was withdrawn, or is not there any more", async () => {
    const { grantId: older } = await connect({ userId: mira });
    const { userId, grantId } = await connect({ userId: mira });
    await grants.db().$executeRaw`
      INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('here', ${userId}::uuid, now() + interval '1 day')`;
    const shown = async () => (await grants.readDashboard("here"))?.connections;
    await grants.db().$executeRaw`
      UPDATE "Grant" SET "state" = 'LOST', "sealedToken" = NULL, "endedAt" = now() - interval '40 days' WHERE "id" = ${grantId}::uuid`;
    expect(await shown()).toMatchObject([{ id: grantId, state: "disconnecting", endedAt: null }]);
    await grants.db().$executeRaw`DELETE FROM "Grant" WHERE "id" = ${grantId}::uuid`;
    expect(await shown()).toMatchObject([{ id: older, state: "disconnecting" }]);
    await grants.revokeNow(older);
    expect(await shown()).toEqual([]);
  });

  test("keeps what it replaced in mind also when what replaced that in turn was forgotten", async () => {
    const { userId, grantId: oldest } = await connect({ userId: mira });
    const { grantId: older } = await connect({ userId: mira });
    const { grantId } = await connect({ userId: mira });
    await grants.db().$executeRaw`
      INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('here', ${userId}::uuid, now() + interval '1 day')`;
    const shown = async () =>
      (await grants.readDashboard("here"))?.connections.map(({ id, state }) => ({ id, state }));
    await grants.revokeNow(older);
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    await grants.db().$executeRaw`
      UPDATE "Grant" SET "endedAt" = now() - interval '2 years' WHERE "id" = ${grantId}::uuid`;
    expect(await shown()).toEqual([{ id: grantId, state: "disconnecting" }]);
    await grants.prune();
    expect(await shown()).toEqual([{ id: older, state: "disconnecting" }]);
    await grants.revokeNow(oldest);
    expect(await shown()).toEqual([]);
  });

  test("keeps what it replaced in mind also when the connection in between goes, because Webflow issues its token again", async () => {
    const { userId, grantId: older } = await connect({ userId: mira });
    await connect({ userId: mira });
    const [, again] = (await emulator.control.ledger()).tokens;
    const received = await grants.receiveToken(again?.value ?? "", []);
    await grants.activateGrant(await grants.identifyGrant(received), userId);
    const grantId = received.id;
    await grants.db().$executeRaw`
      INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ('here', ${userId}::uuid, now() + interval '1 day')`;
    const shown = async () =>
      (await grants.readDashboard("here"))?.connections.map(({ id, state }) => ({ id, state }));
    expect(await shown()).toEqual([{ id: grantId, state: "active" }]);
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    expect(await shown()).toEqual([{ id: grantId, state: "disconnecting" }]);
    await grants.revokeNow(older);
    expect(await shown()).toEqual([{ id: grantId, state: "disconnected" }]);
  });

  test("keeps the token when Webflow issues the same one again", async () => {
    await emulator.control.setSwitches({ secondAuthorization: "same_token" });
    const old = await connect();
    const renewed = await connect();
    expect(renewed.unsettled).toBe(0);
    expect(await grants.db().grant.findMany({ select: { id: true, state: true } })).toEqual([
      { id: renewed.grantId, state: "ACTIVE" },
    ]);
    expect(old.userId).toBe(renewed.userId);
    expect(await alive()).toEqual([true]);
  });

  test("replaces the older Grant also when Webflow does not list the sites this time", async () => {
    const old = await connect({ userId: mira });
    await emulator.control.addFault({ endpoint: "sites", kind: "status", status: 500 });
    const renewed = await connect({ userId: mira });
    expect(renewed.unsettled).toBe(1);
    expect(await stateOf(old.grantId)).toBe("REVOKING");
  });

  test("does not need Webflow to say the scopes", async () => {
    const token = await issueToken();
    const headers = { authorization: `Bearer ${token}` };
    const introspection = await (await fetch(`${emulator.origin}/v2/token/introspect`, { headers })).json();
    delete introspection.authorization.scope;
    await emulator.control.addFault({ endpoint: "introspect", kind: "json", body: introspection });
    const received = await grants.receiveToken(token, []);
    const grantId = received.id;
    await grants.activateGrant(await grants.identifyGrant(received), null);
    const row = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect(row).toMatchObject({ state: "ACTIVE", scopes: [] });
  });

  test("refuses a Webflow user of another User, and changes nothing", async () => {
    const owner = await connect({ userId: mira });
    const other = await connect({ userId: "64b7f1a29c0d4e0011cd0002" });
    const received = await grants.receiveToken(await issueToken({ userId: mira }), []);
    await expect(
      grants.activateGrant(await grants.identifyGrant(received), other.userId),
    ).rejects.toMatchObject({ code: "account_of_another_user" });
    expect(await stateOf(received.id)).toBe("RECEIVED");
    expect(await stateOf(owner.grantId)).toBe("ACTIVE");
  });

  test("links a Webflow user who is new here to the User who started, and says of that one alone that it has joined them", async () => {
    const first = await connect({ userId: mira });
    const second = await connect({ userId: jonas }, first.userId);
    expect([first.joined, second.joined]).toEqual([false, true]);
    expect((await connect({ userId: jonas }, first.userId)).joined).toBe(false);
    expect((await connect({ userId: mira }, first.userId)).joined).toBe(false);
    expect((await connect({ userId: jonas })).joined).toBe(false);
    expect(second.userId).toBe(first.userId);
    expect(await grants.db().account.count({ where: { userId: first.userId } })).toBe(2);
  });
});

describe("disconnecting", () => {
  test("in a page from before one reconnect or several leads to what is connected now, and to nothing of somebody else", async () => {
    const first = await connect();
    const second = await connect();
    const third = await connect();
    const other = await connect({ userId: jonas });
    for (const { grantId } of [first, second])
      expect(await grants.liveSuccessorOf(first.userId, grantId)).toBe(third.grantId);
    expect(await grants.liveSuccessorOf(other.userId, first.grantId)).toBeNull();
    await grants.requestDisconnect(first.userId, third.grantId);
    expect(await grants.liveSuccessorOf(first.userId, first.grantId)).toBeNull();
  });

  test("takes the token out of use before Webflow is asked", async () => {
    const { grantId, userId } = await connect();
    expect(await grants.requestDisconnect(userId, grantId)).toBe(true);
    expect(await stateOf(grantId)).toBe("REVOKING");
    expect(await revokeRequests()).toBe(0);
  });

  test("of somebody else's connection is like one that does not exist", async () => {
    const { grantId } = await connect();
    expect(await grants.requestDisconnect(randomUUID(), grantId)).toBe(false);
    expect(await grants.requestDisconnect(randomUUID(), randomUUID())).toBe(false);
    expect(await stateOf(grantId)).toBe("ACTIVE");
  });

  test.each([
    ["true under its newer name", { kind: "json", body: { did_revoke: true }, work: "done" }],
    ["invalid_token", { kind: "json", status: 400, body: { error: "invalid_token" }, work: "done" }],
    ["false, although it is dead", { kind: "json", body: { didRevoke: false }, work: "done" }],
    ["a 404, although it is dead", { kind: "json", status: 404, body: {}, work: "done" }],
  ] as const)("is proven by %s", async (_, fault) => {
    const { grantId, userId } = await connect();
    await emulator.control.addFault({ endpoint: "revoke", ...fault });
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    expect(await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } })).toMatchObject({
      state: "REVOKED",
      sealedToken: null,
    });
  });

  test.each([
    ["false", { kind: "json", body: { didRevoke: false } }],
    ['"true"', { kind: "json", body: { didRevoke: "true" } }],
    ["1", { kind: "json", body: { didRevoke: 1 } }],
    ["null", { kind: "json", body: { didRevoke: null } }],
    ["invalid_client", { kind: "json", status: 400, body: { error: "invalid_client" } }],
    ["503", { kind: "status", status: 503 }],
    ["429", { kind: "status", status: 429, headers: { "retry-after": "5" } }],
    ["HTML", { kind: "html", status: 200 }],
    ["a reset after the work was done", { kind: "reset", work: "done" }],
  ] as const)("is not proven by %s: it stays REVOKING, and the token sealed", async (_, fault) => {
    const { grantId, userId } = await connect();
    await emulator.control.addFault({ endpoint: "revoke", ...fault });
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    const row = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect(row).toMatchObject({ state: "REVOKING", leaseId: null });
    expect(row.sealedToken).not.toBeNull();
    expect(row.nextAttemptAt.getTime()).toBeGreaterThan(Date.now() + 20_000);
  });

  test("obeys Retry-After, however often the person asks again", async () => {
    const { grantId, userId } = await connect();
    await emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 429,
      headers: { "retry-after": "3600" },
    });
    for (let press = 0; press < 3; press++) {
      expect(await grants.requestDisconnect(userId, grantId)).toBe(true);
      await grants.revokeNow(grantId);
    }
    expect(await revokeRequests()).toBe(1);
    const row = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect(row.nextAttemptAt.getTime()).toBeGreaterThan(Date.now() + 3_590_000);
  });

  test("obeys no Retry-After beyond six hours", async () => {
    const { grantId, userId } = await connect();
    await emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 503,
      headers: { "retry-after": "864000" },
    });
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    const row = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect(row.nextAttemptAt.getTime()).toBeLessThan(Date.now() + 6 * 3_600_000 + 10_000);
  });

  test("is not given up because 30 days have passed without trying", async () => {
    const { grantId, userId } = await connect();
    await emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
    await grants.requestDisconnect(userId, grantId);
    await grants.db().$executeRaw`UPDATE "Grant" SET "revokingAt" = now() - interval '31 days'`;
    await grants.revokeNow(grantId);
    expect(await stateOf(grantId)).toBe("REVOKING");
  });

  test("is given up after 30 days of trying, with an activity that says so", async () => {
    const { grantId, userId } = await connect();
    await emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 503,
      times: "until_cleared",
    });
    await grants.requestDisconnect(userId, grantId);
    await grants.db()
      .$executeRaw`UPDATE "Grant" SET "attempts" = 19, "revokingAt" = now() - interval '31 days'`;
    await grants.revokeNow(grantId);
    expect(await stateOf(grantId)).toBe("ABANDONED");
    expect(await grants.db().activity.count({ where: { userId, type: "REVOCATION_ABANDONED" } })).toBe(1);
  });

  test("twenty times at once asks Webflow once", async () => {
    const { grantId, userId } = await connect();
    await grants.requestDisconnect(userId, grantId);
    await Promise.all(Array.from({ length: 20 }, () => grants.revokeNow(grantId)));
    expect(await stateOf(grantId)).toBe("REVOKED");
    expect(await revokeRequests()).toBe(1);
  });
});

test("a revocation makes the person's other Grants due for a look, and fences a check that is under way", async () => {
  const [first, second] = (await emulator.control.users()).find(({ id }) => id === mira)?.workspaces ?? [];
  const kept = await connect({ userId: mira, workspaceId: first?.id });
  const ended = await connect({ userId: mira, workspaceId: second?.id });
  await emulator.control.setSwitches({ revokeKills: "grant" });
  await grants.requestDisconnect(ended.userId, ended.grantId);
  await grants.db()
    .$executeRaw`UPDATE "Grant" SET "leaseId" = gen_random_uuid(), "leaseUntil" = now() + interval '1 minute'
    WHERE "id" = ${kept.grantId}::uuid`;
  await grants.revokeNow(ended.grantId);
  const row = await grants.db().grant.findUniqueOrThrow({ where: { id: kept.grantId } });
  expect(row).toMatchObject({ state: "ACTIVE", checkedAt: null, leaseId: null });
  await grants.checkStale(kept.userId);
  expect(await stateOf(kept.grantId)).toBe("LOST");
});

describe("the sweep", () => {
  test("several at once never ask about one Grant twice", async () => {
    for (let count = 0; count < 12; count++) {
      const { grantId, userId } = await connect({ userId: mira });
      await grants.requestDisconnect(userId, grantId);
    }
    await Promise.all([grants.sweep(), grants.sweep(), grants.sweep()]);
    expect(await grants.db().grant.count({ where: { state: "REVOKED" } })).toBe(12);
    expect(await revokeRequests()).toBe(12);
  });

  test("is not stopped by a row that does not open", async () => {
    const poisoned = await connect({ userId: mira });
    const healthy = await connect({ userId: "64b7f1a29c0d4e0011cd0002" });
    for (const { grantId, userId } of [poisoned, healthy]) await grants.requestDisconnect(userId, grantId);
    await grants.db()
      .$executeRaw`UPDATE "Grant" SET "sealedToken" = 'v1.k1.a.b.c' WHERE "id" = ${poisoned.grantId}::uuid`;
    await grants.sweep();
    expect(await stateOf(poisoned.grantId)).toBe("REVOKING");
    expect(await stateOf(healthy.grantId)).toBe("REVOKED");
  });

  test("asks no more for now when Webflow says that it is too much", async () => {
    for (let count = 0; count < 25; count++) {
      const { grantId, userId } = await connect({ userId: mira });
      await grants.requestDisconnect(userId, grantId);
    }
    await emulator.control.addFault({
      endpoint: "revoke",
      kind: "status",
      status: 429,
      times: "until_cleared",
    });
    expect(await grants.sweep()).toMatchObject({ attempted: 20, more: false });
    await emulator.control.clearFaults();
    await grants.sweep();
    expect(await grants.db().grant.count({ where: { state: "REVOKED" } })).toBe(5);
  });

  test("takes over from a worker that died, when its lease has run out", async () => {
    const { grantId, userId } = await connect();
    await grants.requestDisconnect(userId, grantId);
    await grants.db()
      .$executeRaw`UPDATE "Grant" SET "leaseId" = gen_random_uuid(), "leaseUntil" = now() + interval '1 minute'`;
    await grants.sweep();
    expect(await stateOf(grantId)).toBe("REVOKING");
    await grants.db().$executeRaw`UPDATE "Grant" SET "leaseUntil" = now() - interval '1 second'`;
    await grants.sweep();
    expect(await stateOf(grantId)).toBe("REVOKED");
  });
});

describe("a check", () => {
  test("makes a Grant LOST on a 401 of introspect, and wipes the token", async () => {
    const { grantId, userId } = await connect({ userId: mira });
    await emulator.control.uninstall(mira);
    await grants.checkNow(userId, grantId);
    expect(await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } })).toMatchObject({
      state: "LOST",
      sealedToken: null,
    });
    expect(await grants.db().activity.count({ where: { userId, type: "WITHDRAWN" } })).toBe(1);
  });

  test.each<FaultSpec>([
    { endpoint: "introspect", kind: "status", status: 403 },
    { endpoint: "introspect", kind: "status", status: 429 },
    { endpoint: "introspect", kind: "status", status: 500 },
    { endpoint: "introspect", kind: "html", status: 401 },
    { endpoint: "introspect", kind: "html", status: 200 },
    { endpoint: "introspect", kind: "json", body: {} },
    { endpoint: "introspect", kind: "json", body: { authorization: null } },
    { endpoint: "introspect", kind: "wrong_types" },
  ])("changes nothing on an answer that proves nothing: %j", async (fault) => {
    const { grantId, userId } = await connect();
    const before = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    await emulator.control.addFault(fault);
    await grants.checkNow(userId, grantId);
    const after = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect({ ...after, leaseUntil: null }).toEqual(before);
    // An outage is not asked about again at once.
    await emulator.control.clearRequests();
    await grants.checkNow(userId, grantId);
    expect(await emulator.control.requests()).toEqual([]);
  });

  test("notices a site that was taken away, and says so", async () => {
    const [kept, taken] = (await emulator.control.users()).find(({ id }) => id === mira)?.sites ?? [];
    if (!kept || !taken) throw new Error("Mira has two sites");
    const { grantId, userId } = await connect({ userId: mira, siteIds: [kept.id, taken.id] });
    await emulator.control.removeSite(mira, taken.id);
    await grants.checkNow(userId, grantId);
    const row = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect(row).toMatchObject({ state: "ACTIVE", siteIds: [kept.id] });
    const told = await grants.db().activity.findMany({ where: { userId, type: "SITES_CHANGED" } });
    expect(told.map(({ detail }) => detail)).toEqual([{ added: [], removed: [taken.displayName] }]);
  });

  test("writes down what changed also where that is thousands of sites", async () => {
    const { grantId, userId } = await connect({ userId: mira });
    const ids = (first: string) =>
      Array.from({ length: 2_300 }, (_, n) => `${first}${`${n}`.padStart(23, "0")}`);
    const [old, fresh] = [ids("a"), ids("b")];
    await grants.db().grant.update({
      where: { id: grantId },
      data: { workspaceIds: [], siteIds: old, sites: old.map((id) => ({ id, name: `Old ${id}` })) },
    });
    const authorization = { authorizedTo: { siteIds: fresh, workspaceIds: [] } };
    const sites = fresh.map((id) => ({ id, displayName: `New ${id}` }));
    await emulator.control.addFault({ endpoint: "introspect", kind: "json", body: { authorization } });
    await emulator.control.addFault({ endpoint: "sites", kind: "json", body: { sites } });
    await grants.checkNow(userId, grantId);
    const [told] = await grants.db().activity.findMany({ where: { userId, type: "SITES_CHANGED" } });
    expect(told?.detail).toEqual({
      added: fresh.map((id) => `New ${id}`),
      removed: old.map((id) => `Old ${id}`),
    });
  });

  test("is told in the activity only when a person asked for it", async () => {
    const { grantId, userId } = await connect();
    await grants.db().$executeRaw`UPDATE "Grant" SET "checkedAt" = NULL`;
    await grants.checkStale(userId);
    expect(await grants.db().activity.count({ where: { userId, type: "CHECKED" } })).toBe(0);
    await grants.checkNow(userId, grantId);
    expect(await grants.db().activity.count({ where: { userId, type: "CHECKED" } })).toBe(1);
  });

  test("keeps what is known of sites when Webflow does not say", async () => {
    const { grantId, userId } = await connect({ userId: mira });
    const before = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    await emulator.control.addFault({
      endpoint: "introspect",
      kind: "json",
      body: { authorization: { id: before.authorizationId, scope: "sites:read,authorized_user:read" } },
    });
    await grants.checkNow(userId, grantId);
    const after = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect(after.siteIds).toEqual(before.siteIds);
    expect(after.checkedAt?.getTime()).toBeGreaterThan(before.checkedAt?.getTime() ?? 0);
    expect(await grants.db().activity.count({ where: { userId, type: "SITES_CHANGED" } })).toBe(0);
  });

  test("keeps no list of sites when Webflow says that none is granted any more, and does not list them", async () => {
    const { grantId, userId } = await connect({ userId: mira });
    await emulator.control.addFault({
      endpoint: "introspect",
      kind: "json",
      body: { authorization: { authorizedTo: { siteIds: [], workspaceIds: [] } } },
    });
    await emulator.control.addFault({ endpoint: "sites", kind: "status", status: 500 });
    await grants.checkNow(userId, grantId);
    const row = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
    expect(row).toMatchObject({ state: "ACTIVE", siteIds: [], workspaceIds: [], sites: [] });
    const [told] = await grants.db().activity.findMany({ where: { userId, type: "SITES_CHANGED" } });
    expect(told?.detail).toEqual({ added: [], removed: ["Harbour & Pine"] });
  });

  test("of one Grant that does not open does not keep the others from theirs", async () => {
    const poisoned = await connect({ userId: mira });
    const other = await connect({ userId: "64b7f1a29c0d4e0011cd0002" }, poisoned.userId);
    await emulator.control.uninstall("64b7f1a29c0d4e0011cd0002");
    await grants.db().$executeRaw`
      UPDATE "Grant" SET "checkedAt" = NULL, "sealedToken" = CASE "id" WHEN ${poisoned.grantId}::uuid THEN 'v1.k1.a.b.c' ELSE "sealedToken" END`;
    const lines = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await grants.checkStale(poisoned.userId);
    const alerts = lines.mock.calls.filter(([line]) =>
      `${line}`.includes('"event":"sealed_token_unreadable"'),
    );
    vi.restoreAllMocks();
    expect(alerts).toHaveLength(1);
    expect(await stateOf(poisoned.grantId)).toBe("ACTIVE");
    expect(await stateOf(other.grantId)).toBe("LOST");
  });

  test("asked for by a 401 somewhere else tells a refused resource from a dead token", async () => {
    const { grantId, userId } = await connect({ userId: mira });
    expect(await grants.reportUnauthorized(grantId)).toBe("alive");
    await emulator.control.addFault({ endpoint: "introspect", kind: "status", status: 500 });
    expect(await grants.reportUnauthorized(grantId)).toBe("unknown");
    await grants.db().$executeRaw`UPDATE "Grant" SET "leaseUntil" = NULL`;
    await emulator.control.uninstall(mira);
    expect(await grants.reportUnauthorized(grantId)).toBe("withdrawn");
    expect(await stateOf(grantId)).toBe("LOST");
    expect(await grants.reportUnauthorized(grantId)).toBe("withdrawn");
    expect(await grants.db().activity.count({ where: { userId, type: "CHECKED" } })).toBe(0);
    const ended = await connect({ userId: jonas });
    await grants.requestDisconnect(ended.userId, ended.grantId);
    expect(await grants.reportUnauthorized(ended.grantId)).toBe("not_connected");
    expect(await grants.reportUnauthorized(randomUUID())).toBe("not_connected");
  });

  test("of fresh state asks nobody; of stale state asks once, however many look", async () => {
    const { userId } = await connect();
    await emulator.control.clearRequests();
    await grants.checkStale(userId);
    expect(await emulator.control.requests()).toEqual([]);
    await grants.db().$executeRaw`UPDATE "Grant" SET "checkedAt" = now() - interval '6 minutes'`;
    await Promise.all(Array.from({ length: 10 }, () => grants.checkStale(userId)));
    const introspects = (await emulator.control.requests()).filter(
      ({ endpoint }) => endpoint === "introspect",
    );
    expect(introspects).toHaveLength(1);
  });

  test("that comes back after a disconnect writes nothing", async () => {
    const { grantId, userId } = await connect({ userId: mira });
    await emulator.control.addFault({ endpoint: "introspect", kind: "delay", ms: 500 });
    const check = grants.checkNow(userId, grantId);
    await expect
      .poll(
        async () =>
          (await emulator.control.requests()).filter(({ endpoint }) => endpoint === "introspect").length,
      )
      .toBe(2);
    await grants.requestDisconnect(userId, grantId);
    await check;
    expect(await stateOf(grantId)).toBe("REVOKING");
  });
});

describe("the database itself refuses", () => {
  test("to keep a dead Grant's token, or to lose a live one's", async () => {
    const { grantId } = await connect();
    await expect(
      grants.db().grant.update({ where: { id: grantId }, data: { state: "LOST" } }),
    ).rejects.toThrow();
    await expect(
      grants.db().grant.update({ where: { id: grantId }, data: { sealedToken: null } }),
    ).rejects.toThrow();
  });

  test("to delete a User over a live token", async () => {
    const { userId } = await connect();
    await expect(grants.db().user.delete({ where: { id: userId } })).rejects.toThrow();
  });
});
