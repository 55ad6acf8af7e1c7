import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Domain, mira, startDomain } from "../support/domain";
import { endTransactions, holdGrant, whenWaiting } from "../support/locks";

let domain: Domain;
let grants: Domain["grants"];

beforeAll(async () => {
  domain = await startDomain();
  grants = domain.grants;
});
afterEach(async () => {
  await endTransactions();
  await domain.reset();
});
afterAll(() => domain?.stop());

/** The first and the last of all ids: whatever else is locked lies between them. */
const lowest = "00000000-0000-4000-8000-000000000000";
const highest = "ffffffff-ffff-4fff-bfff-ffffffffffff";

/** Mira's two connections, stored so that whoever takes them as they come takes the one with the highest id first. */
async function connectTwo(): Promise<{ userId: string; workspaceId?: string }> {
  const workspaces = (await domain.emulator.control.users()).find(({ id }) => id === mira)?.workspaces ?? [];
  for (const [index, id] of [highest, lowest].entries()) {
    const { grantId } = await domain.connect({ userId: mira, workspaceId: workspaces[index]?.id });
    await domain.database.query(`UPDATE "Grant" SET "id" = $1 WHERE "id" = $2`, [id, grantId]);
  }
  const stored = await domain.database.query<{ id: string; userId: string }>(
    `SELECT "id", "userId" FROM "Grant" ORDER BY ctid`,
  );
  expect(stored).toMatchObject([{ id: highest }, { id: lowest }]);
  return { userId: stored[0]?.userId ?? "", workspaceId: workspaces[0]?.id };
}

/** A token of Mira that is nobody's connection and is to be revoked. */
async function refusedToken(): Promise<string> {
  const { id } = await grants.receiveToken(await domain.issueToken({ userId: mira }), []);
  await grants.refuseGrant(id, mira);
  return id;
}

type Work = (person: { userId: string; workspaceId?: string }) => Promise<() => Promise<void>>;

test.each<[string, Work]>([
  [
    "a revocation that Webflow confirms",
    async () => {
      const id = await refusedToken();
      return async () => {
        await grants.revokeNow(id);
        expect(await domain.stateOf(id)).toBe("REVOKED");
      };
    },
  ],
  [
    "a revocation that Webflow does not confirm",
    async () => {
      const id = await refusedToken();
      await domain.emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
      return async () => {
        await grants.revokeNow(id);
        expect(await grants.db().grant.findUniqueOrThrow({ where: { id } })).toMatchObject({ attempts: 1 });
      };
    },
  ],
  [
    "a sign-in",
    async ({ workspaceId }) => {
      const received = await grants.receiveToken(await domain.issueToken({ userId: mira, workspaceId }), []);
      const profile = await grants.identifyGrant(received);
      return async () => {
        await grants.activateGrant(profile, null);
      };
    },
  ],
  [
    "a deletion",
    async ({ userId }) =>
      async () => {
        expect(await grants.deleteUser(userId)).toBe(true);
      },
  ],
])(
  "%s locks a person's connections in the order of their ids, so that nobody waits in a circle",
  async (_, prepare) => {
    const work = await prepare(await connectTwo());
    // Somebody else in the middle of the same, who has the first and is about to take the last.
    const other = await holdGrant(domain.database, lowest);
    const done = work();
    done.catch(() => {}); // it is awaited below, when the other is through
    await whenWaiting(domain.database, 1);
    await other.run(`SELECT FROM "Grant" WHERE "id" = $1 FOR UPDATE`, [highest]);
    await other.commit();
    await done;
  },
);
