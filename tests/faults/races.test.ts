import { expect, test } from "vitest";
import type { HttpBrowser } from "../support/browser";
import { connectionsOn } from "./connection-list";
import { readFacts } from "./facts";
import { alive, callsOf, connect, connected, idOf, untilCalled } from "./journeys";
import { openWorld } from "./world";

const world = openWorld();

/** Mira with two connections, one a workspace. Answers the ids of their Grants, oldest first. */
async function twoConnections(): Promise<{ browser: HttpBrowser; ids: [string, string] }> {
  const [first, second] = (await world().emulator.control.users())[0]?.workspaces ?? [];
  const browser = await connected(world(), { userId: idOf("Mira"), workspaceId: first?.id });
  await connect(world(), browser, { userId: idOf("Mira"), workspaceId: second?.id });
  await world().settle();
  const [a, b] = (await readFacts(world())).grants.map(({ id }) => id);
  if (!a || !b) throw new Error("Two workspaces make two connections.");
  return { browser, ids: [a, b] };
}

test("a check that heard 'alive' before a revocation took the token along is not believed", async () => {
  await world().emulator.control.setSwitches({ revokeKills: "grant" });
  const { browser, ids } = await twoConnections();
  const [kept, ended] = ids;
  // Introspect answers at once, the rest late: what the check brings home is old.
  await world().emulator.control.addFault({ endpoint: "authorized_by", kind: "delay", ms: 1_500 });
  await browser.open("/dashboard");
  const checking = world().browser();
  for (const [name, value] of browser.cookies) checking.cookies.set(name, value);
  checking.page = browser.page;
  const body = checking.formData("Check now");
  body.set("connection", kept);
  const before = (await callsOf(world(), "authorized_by")).length;
  const checked = checking.send("POST", new URL("/dashboard", world().app.origin), { body });
  await untilCalled(world(), "authorized_by", before + 1);
  // Whoever asks from now on hears nothing that decides, so the old answer is all there is.
  await world().emulator.control.addFault({
    endpoint: "introspect",
    kind: "status",
    status: 503,
    times: "until_cleared",
  });
  await browser.open(`/dashboard/disconnect/${ended}`);
  await browser.press("Disconnect");
  expect(await alive(world())).toEqual([false, false]);
  await checked;
  await browser.open("/dashboard");
  const card = connectionsOn(browser.page?.html ?? "").find(({ grantId }) => grantId === kept);
  expect(card?.status).toBe("checking");
});

test("a revocation that comes back after its lease was lost does not speak for the one that has it now", async () => {
  const browser = await connected(world(), { userId: idOf("Jonas") });
  const { addFault } = world().emulator.control;
  // The first hears no, asks introspect, and is slow; the second takes over meanwhile, and hears nothing for five seconds.
  await addFault({ endpoint: "revoke", kind: "json", body: { didRevoke: false } });
  await addFault({ endpoint: "introspect", kind: "delay", ms: 1_500 });
  await addFault({ endpoint: "revoke", kind: "hang" });
  await browser.press("Disconnect");
  const introspects = (await callsOf(world(), "introspect")).length;
  const first = browser.press("Disconnect");
  await untilCalled(world(), "introspect", introspects + 1);
  await world().passTime();
  const second = world().sweep();
  await untilCalled(world(), "revoke", 2);
  await first;
  const [row] = await world().database.query(
    `SELECT "attempts", "leaseUntil" > now() AS "leased" FROM "Grant"`,
  );
  expect(row).toEqual({ attempts: 0, leased: true });
  await second;
});
