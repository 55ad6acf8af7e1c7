import { describe, expect, test } from "vitest";
import { until } from "../support/until";
import { callsOf, connected, disconnect, idOf, shown, states } from "./journeys";
import { openWorld } from "./world";

const world = openWorld();
const down = { kind: "status", status: 503, times: "until_cleared" } as const;

describe("45 the sweep", () => {
  test("ten at once on two instances ask about each Grant once", async () => {
    const second = await world().startInstance();
    const people = (["Mira", "Jonas", "Inês", "Tomás", "Priya"] as const).map(idOf);
    await world().emulator.control.addFault({ endpoint: "revoke", ...down });
    for (const userId of people) await disconnect(await connected(world(), { userId }));
    await world().emulator.control.clearFaults();
    await world().emulator.control.clearRequests();
    await world().passTime();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => world().sweep(index % 2 === 0 ? second : world().instance)),
    );
    const asked = (await callsOf(world(), "revoke")).map(({ body }) => body?.access_token);
    expect(new Set(asked).size).toBe(people.length);
    expect(asked).toHaveLength(people.length);
    expect(await states(world())).toEqual(people.map(() => "REVOKED"));
    await second.stop();
  });

  test("is done step by step by whoever looks at a dashboard, where no scheduler comes by", async () => {
    const leaving = await connected(world(), { userId: idOf("Mira") });
    const visitor = await connected(world(), { userId: idOf("Jonas") });
    await world().emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
    await disconnect(leaving);
    await world().passTime();
    await until(async () => {
      await visitor.open("/dashboard");
      return (await states(world())).includes("REVOKED");
    }, "a visit that finishes what is due");
    expect(await callsOf(world(), "revoke")).toHaveLength(2);
  });

  test.each(["", "Bearer", "Bearer ", "Bearer undefined", "Bearer null", "Basic x", "secret"])(
    'is refused to "%s"',
    async (authorization) => {
      const browser = await connected(world());
      await world().emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503 });
      await disconnect(browser);
      await world().passTime();
      const calls = (await callsOf(world(), "revoke")).length;
      const answer = await fetch(`${world().instance.origin}/api/cron/sweep`, { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(await callsOf(world(), "revoke")).toHaveLength(calls);
    },
  );
});

test("46 one poisoned row does not stop the others, is told by an alert, and is kept", async () => {
  world().allowed.add("unreadable");
  const poisoned = await connected(world(), { userId: idOf("Mira") });
  const healthy = await connected(world(), { userId: idOf("Jonas") });
  await world().emulator.control.addFault({ endpoint: "revoke", kind: "status", status: 503, times: 2 });
  for (const browser of [poisoned, healthy]) await disconnect(browser);
  await world().database.query(
    `UPDATE "Grant" SET "sealedToken" = 'v1.k1.a.b.c' WHERE "webflowUserId" = $1`,
    [idOf("Mira")],
  );
  await world().passTime();
  await world().sweep();
  expect(await states(world())).toEqual(["REVOKING", "REVOKED"]);
  expect(world().logs()).toContain('"event":"sealed_token_unreadable"');
  await poisoned.open("/dashboard");
  expect(shown(poisoned)).toEqual(["disconnecting"]);
});
