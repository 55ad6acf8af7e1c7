import { describe, expect, test } from "vitest";
import type { Switches } from "../emulator/client";
import type { HttpBrowser } from "../support/browser";
import { connectionsOn } from "./connection-list";
import { readFacts, tokenOf } from "./facts";
import { alive, connect, connected, disconnect, idOf, shown, states } from "./journeys";
import { openWorld } from "./world";

const world = openWorld();

/** The page never says Connected over a token that is dead. */
async function expectTruth(browser: HttpBrowser): Promise<void> {
  await browser.open("/dashboard");
  const facts = await readFacts(world());
  for (const { grantId, status } of connectionsOn(browser.page?.html ?? "")) {
    const grant = facts.grants.find(({ id }) => id === grantId);
    if (status === "active" || status === "limited") expect(grant && tokenOf(facts, grant)?.alive).toBe(true);
  }
}

const positions = (["token", "grant"] as const).flatMap((revokeKills) =>
  (["adds", "replaces", "same_token"] as const).flatMap((secondAuthorization) =>
    (["invalid_token", "false"] as const).map((secondRevoke) => ({
      revokeKills,
      secondAuthorization,
      secondRevoke,
    })),
  ),
);

describe.each(positions)(
  "where a revoke kills the $revokeKills, a second authorization $secondAuthorization, a second revoke answers $secondRevoke,",
  (switches) => {
    test("39 reconnecting while the old token is being revoked ends with a page that tells the truth", async () => {
      await world().emulator.control.setSwitches(switches);
      const browser = await connected(world(), { userId: idOf("Jonas") });
      await world().emulator.control.addFault({
        endpoint: "revoke",
        kind: "status",
        status: 503,
        times: "until_cleared",
      });
      await disconnect(browser);
      await connect(world(), browser, { userId: idOf("Jonas") });
      await expectTruth(browser);
      await world().emulator.control.clearFaults();
      await world().passTime();
      await world().sweep();
      await expectTruth(browser);
      const left = (await states(world())).filter((state) => state === "REVOKING");
      expect(left).toEqual([]);
    });

    test("reconnecting while connected keeps one connection, or says that it is gone", async () => {
      await world().emulator.control.setSwitches(switches);
      const browser = await connected(world(), { userId: idOf("Mira") });
      await connect(world(), browser, { userId: idOf("Mira") });
      await expectTruth(browser);
      const certain = switches.revokeKills === "token" || switches.secondAuthorization !== "adds";
      if (certain) expect((await alive(world())).filter(Boolean)).toHaveLength(1);
      expect(connectionsOn(browser.page?.html ?? "")).toHaveLength(1);
    });
  },
);

describe("in every other position of what nobody knows of Webflow, people connect, add a workspace, reconnect and disconnect:", () => {
  test.each<Partial<Switches>>([
    { tokenScope: "comma" },
    { tokenScope: "none" },
    { introspectScope: "space" },
    { introspectUserIds: false },
    { introspectImplied: true },
    { codeReplay: "kills_token" },
    { basicAuth: true },
    { revokeStyle: "newer" },
    { siteRemoval: "kills_token" },
    { secondRevoke: "true" },
    { secondRevoke: "false" },
  ])("%j", async (switches) => {
    await world().emulator.control.setSwitches(switches);
    const [first, second] = (await world().emulator.control.users())[0]?.workspaces ?? [];
    const browser = await connected(world(), { userId: idOf("Mira"), workspaceId: first?.id });
    await connect(world(), browser, { userId: idOf("Mira"), workspaceId: second?.id });
    expect(shown(browser)).toEqual(["active", "active"]);
    await connect(world(), browser, { userId: idOf("Mira"), workspaceId: first?.id });
    await world().settle();
    await browser.open("/dashboard");
    expect(shown(browser)).toEqual(["active", "active"]);
    await disconnect(browser);
    await disconnect(browser);
    expect(shown(browser)).toEqual(["disconnected", "disconnected"]);
    expect(await alive(world())).toEqual([false, false, false]);
  });
});

test("where Webflow names the workspace of a site beside the site, the page does not say that every site was granted", async () => {
  await world().emulator.control.setSwitches({ introspectImplied: true });
  const browser = await connected(world(), { userId: idOf("Mira") });
  expect(browser.page?.text).toContain("These sites, or every site of the workspace: Webflow names both");
  expect(browser.page?.text).not.toContain("later ones too");
});

test("a single site taken away where that kills the token is noticed", async () => {
  await world().emulator.control.setSwitches({ siteRemoval: "kills_token" });
  const [kept, taken] = (await world().emulator.control.users())[0]?.sites ?? [];
  if (!kept || !taken) throw new Error("Mira has two sites");
  const browser = await connected(world(), { userId: idOf("Mira"), siteIds: [kept.id, taken.id] });
  await world().emulator.control.removeSite(idOf("Mira"), taken.id);
  await browser.press("Check now");
  expect(shown(browser)).toEqual(["withdrawn"]);
  expect(browser.page?.text).toContain("Checked just now: Webflow says that the access of");
});
