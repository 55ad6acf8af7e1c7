import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Domain, jonas, mira, startDomain } from "../support/domain";

let domain: Domain;
let grants: Domain["grants"];

beforeAll(async () => {
  domain = await startDomain();
  grants = domain.grants;
});
afterAll(() => domain?.stop());

/** How somebody else may win a race: no other failure is allowed. */
const losing = ["session_changed", "start_expired", "account_of_another_user", "identity_unknown"];

/** Everything that can happen to a person's Grants, each begun at a moment of its own within a few milliseconds. */
const storms = fc.record({
  secondAuthorization: fc.constantFrom("adds" as const, "replaces" as const, "same_token" as const),
  revokeKills: fc.constantFrom("token" as const, "grant" as const),
  sameWorkspace: fc.boolean(),
  signedIn: fc.boolean(),
  deletes: fc.boolean(),
  moments: fc.array(fc.nat({ max: 15 }), { minLength: 11, maxLength: 11 }),
});
type Storm = typeof storms extends fc.Arbitrary<infer Value> ? Value : never;

/** A sign-in that has come as far as having its token stored; answers how it goes on. */
async function beginSignIn(choice: { userId: string; workspaceId?: string }) {
  const received = await grants.receiveToken(await domain.issueToken(choice), []);
  const grantId = received.id;
  const goOn = async (startedBy: string | null) => {
    await grants.activateGrant(await grants.identifyGrant(received), startedBy);
    await grants.revokeReplaced(grantId);
    await grants.checkDoubted(choice.userId);
  };
  return { grantId, goOn };
}

async function rage({ secondAuthorization, revokeKills, sameWorkspace, signedIn, deletes, moments }: Storm) {
  await domain.emulator.control.setSwitches({ secondAuthorization, revokeKills });
  const [first, second] =
    (await domain.emulator.control.users()).find(({ id }) => id === mira)?.workspaces ?? [];
  const one = await domain.connect({ userId: mira, workspaceId: first?.id });
  const two = await domain.connect({ userId: mira, workspaceId: second?.id });
  const again = await beginSignIn({ userId: mira, workspaceId: (sameWorkspace ? first : second)?.id });
  const other = await beginSignIn({ userId: jonas });
  const events: (() => Promise<unknown>)[] = [
    () => grants.requestDisconnect(one.userId, one.grantId),
    () => grants.revokeNow(one.grantId),
    () => grants.requestDisconnect(two.userId, two.grantId),
    () => grants.checkNow(two.userId, two.grantId),
    () => grants.checkStale(one.userId),
    () => again.goOn(signedIn ? one.userId : null),
    () => other.goOn(one.userId),
    () => grants.refuseGrant(again.grantId, mira),
    () => grants.sweep(),
    () => grants.sweep(),
    async () => deletes && grants.deleteUser(one.userId),
  ];
  const outcomes = await Promise.allSettled(
    events.map(async (happen, index) => {
      await pause(moments[index]);
      return happen();
    }),
  );
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(failures.filter(({ code }) => !losing.includes(code))).toEqual([]);
}

/** Time passes: leases run out, everything is due, and two sweeps come by. */
async function settle(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await grants.db()
      .$executeRaw`UPDATE "Grant" SET "leaseUntil" = NULL, "nextAttemptAt" = now() - interval '1 second'`;
    await grants.sweep();
  }
}

test("whatever happens at once, every token ends owned and alive, or dead; and none that is dead is believed", async () => {
  await fc.assert(
    fc.asyncProperty(storms, async (storm) => {
      await domain.reset();
      await rage(storm);
      await settle();
      const rows = await grants.db().grant.findMany();
      expect(rows.filter(({ state }) => state === "RECEIVED" || state === "REVOKING")).toEqual([]);
      const believed = rows.filter(({ state }) => state === "ACTIVE").map(({ fingerprint }) => fingerprint);
      const alive = (await domain.tokens()).filter((token) => token.alive);
      expect(believed.sort()).toEqual(alive.map(({ fingerprint }) => fingerprint.slice(0, 32)).sort());
    }),
    { numRuns: 15 },
  );
});
