import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Domain, jonas, mira, startDomain } from "../support/domain";

let domain: Domain;
let grants: Domain["grants"];

beforeAll(async () => {
  domain = await startDomain();
  grants = domain.grants;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await domain.reset();
});
afterAll(() => domain?.stop());

/** As many connections that were just disconnected; Webflow has not been asked yet. */
async function disconnectMany(count: number): Promise<void> {
  for (let one = 0; one < count; one++) {
    const { grantId, userId } = await domain.connect({ userId: one % 2 ? mira : jonas });
    await grants.requestDisconnect(userId, grantId);
  }
}

const refuseCredentials = () =>
  domain.emulator.control.addFault({
    endpoint: "revoke",
    kind: "json",
    status: 400,
    body: { error: "invalid_client" },
    times: "until_cleared",
  });
const probeIsDue = () => grants.db().$executeRaw`UPDATE "CredentialsRefusal" SET "probeAt" = now()`;
const everythingIsDue = () => grants.db().$executeRaw`UPDATE "Grant" SET "nextAttemptAt" = now()`;
const count = (state: "REVOKING" | "REVOKED") => grants.db().grant.count({ where: { state } });
const asked = () => domain.countRequests("revoke");

describe("when Webflow refuses our credentials", () => {
  test("nothing more is asked, no attempt is burnt, and one alert is given", async () => {
    const lines = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await disconnectMany(30);
    await refuseCredentials();
    // Twenty calls at once are under way before the first answer is known.
    await grants.sweep();
    const askedAtOnce = await asked();
    expect(askedAtOnce).toBeLessThanOrEqual(20);
    await everythingIsDue();
    expect(await grants.sweep()).toMatchObject({ attempted: 0, credentialsRefused: true });

    expect(await asked()).toBe(askedAtOnce);
    expect(await grants.db().grant.findMany({ distinct: "attempts", select: { attempts: true } })).toEqual([
      { attempts: 0 },
    ]);
    const alerts = lines.mock.calls.filter(([line]) => `${line}`.includes('"event":"credentials_refused"'));
    expect(alerts).toHaveLength(1);
  });

  test("a person who disconnects does not wait for an answer that is known", async () => {
    const { grantId, userId } = await domain.connect();
    await grants.noteCredentialsRefused(60);
    await grants.requestDisconnect(userId, grantId);
    await grants.revokeNow(grantId);
    expect(await asked()).toBe(0);
    expect(await domain.stateOf(grantId)).toBe("REVOKING");
  });

  test("now and then one attempt finds out, however many sweep", async () => {
    await disconnectMany(5);
    await refuseCredentials();
    await grants.noteCredentialsRefused(0);
    await Promise.all([grants.sweep(), grants.sweep(), grants.sweep()]);
    expect(await asked()).toBe(1);
    expect(await count("REVOKING")).toBe(5);
  });

  test("a time to find out is not used up while there is nothing to try", async () => {
    await refuseCredentials();
    await grants.noteCredentialsRefused(0);
    await grants.sweep();
    await disconnectMany(1);
    await grants.sweep();
    expect(await asked()).toBe(1);
  });

  test("everything goes on as soon as they are accepted again", async () => {
    await disconnectMany(25);
    await refuseCredentials();
    await grants.sweep();
    await domain.emulator.control.clearFaults();
    await everythingIsDue();
    await probeIsDue();
    expect(await grants.sweep()).toMatchObject({ credentialsRefused: false });
    expect(await count("REVOKED")).toBe(25);
    expect(await domain.alive()).not.toContain(true);
  });

  test("a code that Webflow exchanged for them says that they are accepted again", async () => {
    await disconnectMany(2);
    await refuseCredentials();
    await grants.sweep();
    await domain.emulator.control.clearFaults();
    await everythingIsDue();
    await domain.connect();
    expect(await grants.sweep()).toMatchObject({ attempted: 2, credentialsRefused: false });
    expect(await count("REVOKED")).toBe(2);
  });

  test("other credentials are tried at once", async () => {
    await disconnectMany(2);
    await grants.noteCredentialsRefused(60);
    await grants.db().$executeRaw`UPDATE "CredentialsRefusal" SET "credentials" = 'those of before'`;
    await grants.sweep();
    expect(await count("REVOKED")).toBe(2);
  });
});
