import type { Request, Route } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { connect, disconnect, follow, hydrated, people } from "./journeys";

test("disconnecting kills the token at Webflow and wipes ours", async ({ page, stack, emulator }) => {
  await connect(page, emulator);
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnected");
  expect((await emulator.ledger()).tokens.map(({ alive, killedBy }) => ({ alive, killedBy }))).toEqual([
    { alive: false, killedBy: "revoke" },
  ]);
  const grants = await stack.database.query(
    `SELECT "state"::text, "sealedToken" FROM "Grant" ORDER BY "receivedAt" DESC LIMIT 1`,
  );
  expect(grants).toEqual([{ state: "REVOKED", sealedToken: null }]);
});

test("while Webflow is down the page says Disconnecting, and the sweep finishes it", async ({
  page,
  stack,
  emulator,
}) => {
  await connect(page, emulator);
  await emulator.addFault({ endpoint: "revoke", kind: "status", status: 503, times: "until_cleared" });
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnecting");
  await expect(page.getByRole("status")).not.toContainText("Disconnected");

  await emulator.clearFaults();
  await stack.database.query(`UPDATE "Grant" SET "nextAttemptAt" = now() WHERE "state" = 'REVOKING'`);
  const swept = await page.request.get("/api/cron/sweep", {
    headers: { authorization: `Bearer ${stack.cronSecret}` },
  });
  expect(swept.status()).toBe(200);
  await page.reload();
  await expect(page.getByRole("status")).toContainText("Disconnected");
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);
});

test.describe("a page that looks again while Webflow is down", () => {
  test.beforeEach(async ({ page, emulator }) => {
    await connect(page, emulator);
    await emulator.addFault({ endpoint: "revoke", kind: "status", status: 503, times: "until_cleared" });
    await disconnect(page);
    await expect(page.getByRole("status")).toContainText("Disconnecting");
    await page.reload();
    await hydrated(page);
    await page.evaluate(() => Object.assign(window, { stays: true }));
  });
  const isForData = (request: Request) => "rsc" in request.headers();

  test("sees that it is over", async ({ page, stack, emulator }) => {
    await emulator.clearFaults();
    await stack.database.query(`UPDATE "Grant" SET "nextAttemptAt" = now() WHERE "state" = 'REVOKING'`);
    await page.request.get("/api/cron/sweep", { headers: { authorization: `Bearer ${stack.cronSecret}` } });
    await expect(page.getByRole("status")).toContainText("Disconnected", { timeout: 15_000 });
    expect(await page.evaluate(() => "stays" in window)).toBe(true);
  });

  test("sees that it is over whatever a site is called, and meanwhile takes no data of another build", async ({
    page,
    stack,
    emulator,
  }) => {
    // Together more than a thousand characters: such a text React writes as it is, quotation marks and all.
    const names = [
      "This page did not work",
      'className":"icon-alert',
      'RefreshWhilePending"] 1a:"RefreshWhilePending"',
    ].map((name) => name.padEnd(400, name));
    const sites = names.map((name, index) => ({ id: `${index}`, name }));
    await stack.database.query(`UPDATE "Grant" SET "sites" = $1::jsonb, "siteIds" = '{}'`, [
      JSON.stringify(sites),
    ]);
    await page.route("**/dashboard*", async (route) => {
      if (!isForData(route.request())) return route.continue();
      const response = await route.fetch();
      const data = await response.text();
      expect(data).toMatch(/"b":"[^"]+"/);
      await route.fulfill({ response, body: data.replace(/"b":"[^"]+"/, '"b":"another"') });
    });
    await page.waitForRequest(isForData);
    // The next look comes after what the first one led to.
    await page.waitForRequest(isForData);
    expect(await page.evaluate(() => "stays" in window)).toBe(true);
    await page.unrouteAll({ behavior: "wait" });
    await emulator.clearFaults();
    await stack.database.query(`UPDATE "Grant" SET "nextAttemptAt" = now() WHERE "state" = 'REVOKING'`);
    await expect(page.getByRole("status")).toContainText("Disconnected", { timeout: 40_000 });
    await expect(page.getByText('className":"icon-alert').first()).toBeVisible();
    expect(await page.evaluate(() => "stays" in window)).toBe(true);
  });

  for (const [what, answer] of [
    ["the line is broken", (route: Route) => route.abort("connectionreset")],
    [
      "something on the way wants whole pages",
      (route: Route) => route.fulfill({ contentType: "text/html", body: "page" }),
    ],
  ] as const)
    test(`stays as it is where ${what}`, async ({ page }) => {
      await page.route("**/dashboard*", (route) =>
        isForData(route.request()) ? answer(route) : route.continue(),
      );
      await page.waitForRequest(isForData);
      // The next look comes after what the first one led to.
      await page.waitForRequest(isForData);
      expect(await page.evaluate(() => "stays" in window)).toBe(true);
    });

  test("stays as it is while our database fails", async ({ page, stack }) => {
    await stack.database.query(`ALTER TABLE "Grant" RENAME TO "Elsewhere"`);
    try {
      const look = await page.waitForResponse((answer) => answer.url().includes("?_rsc") && answer.ok());
      expect(await look.text()).toContain("This page did not work");
      await page.waitForRequest(isForData);
    } finally {
      await stack.database.query(`ALTER TABLE "Elsewhere" RENAME TO "Grant"`);
    }
    await expect(page.getByRole("status")).toContainText("Disconnecting");
    expect(await page.evaluate(() => "stays" in window)).toBe(true);
  });

  test("comes back by itself when our database does", async ({ page, stack, emulator }) => {
    await emulator.clearFaults();
    await stack.database.query(`UPDATE "Grant" SET "nextAttemptAt" = now() WHERE "state" = 'REVOKING'`);
    await stack.database.query(`ALTER TABLE "Grant" RENAME TO "Elsewhere"`);
    try {
      await page.goto("/dashboard");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("This page did not work");
    } finally {
      await stack.database.query(`ALTER TABLE "Elsewhere" RENAME TO "Grant"`);
    }
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your connections", { timeout: 40_000 });
    await expect(page.getByRole("status")).toContainText("Disconnected");
  });

  test("looks no more when the person has gone on, and calls nothing off", async ({ page }) => {
    let looks = 0;
    await page.route("**/dashboard*", (route) => {
      if (!isForData(route.request())) return route.continue();
      looks++;
      return route.abort("connectionreset");
    });
    // Longer than the first pause.
    await page.route("**/sign-out", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      await route.continue();
    });
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).not.toHaveURL(/dashboard/);
    expect(looks).toBe(0);
    await page.goto("/dashboard");
    await expect(page).toHaveURL(/sign-in/);
  });
});

test("an answer of `false` is not believed: introspect decides", async ({ page, emulator }) => {
  await connect(page, emulator);
  await emulator.addFault({
    endpoint: "revoke",
    kind: "json",
    body: { didRevoke: false },
    times: "until_cleared",
  });
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnecting");
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([true]);
});

test("a sweep without the secret is refused", async ({ request }) => {
  for (const authorization of ["", "Bearer ", "Bearer undefined", "Bearer wrong"]) {
    expect((await request.get("/api/cron/sweep", { headers: { authorization } })).status()).toBe(401);
  }
});

test("a repeated sign-in stores the new token and kills the old", async ({ page, stack, emulator }) => {
  await connect(page, emulator, { userId: people.nameless });
  await connect(page, emulator, { userId: people.nameless });
  await expect(page.getByRole("article")).toHaveCount(1);
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false, true]);
  const grants = await stack.database.query(
    `SELECT "state"::text, "sealedToken" IS NULL AS wiped FROM "Grant" WHERE "webflowUserId" = '${people.nameless}' ORDER BY "receivedAt" DESC LIMIT 2`,
  );
  expect(grants).toEqual([
    { state: "ACTIVE", wiped: false },
    { state: "REVOKED", wiped: true },
  ]);
});

test("when revoking the old token takes the new one along, the page says so", async ({ page, emulator }) => {
  await emulator.setSwitches({ revokeKills: "grant", secondAuthorization: "adds" });
  await connect(page, emulator);
  await connect(page, emulator);
  await expect(page.getByRole("article")).not.toContainText("Everything this app needs is allowed");
  await expect(page.getByRole("button", { name: "Reconnect" })).toBeVisible();
});

test("a Grant for another workspace is added beside the first", async ({ page, emulator }) => {
  const [mira] = await emulator.users();
  const [first, second] = mira?.workspaces ?? [];
  if (!first || !second) throw new Error("Mira has two workspaces");
  await connect(page, emulator, { workspaceId: first.id });
  await connect(page, emulator, { workspaceId: second.id });
  await expect(page.getByRole("article")).toHaveCount(2);
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([true, true]);
});

test("disconnect, sign out and connect again is the same User", async ({ page, stack, emulator }) => {
  await connect(page, emulator, { userId: people.jonas });
  const [before] = await stack.database.query(
    `SELECT "userId" FROM "Account" WHERE "providerAccountId" = '${people.jonas}'`,
  );
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnected");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/");
  await page.goto("/dashboard");
  await expect(page).toHaveURL("/sign-in");

  await connect(page, emulator, { userId: people.jonas });
  const after = await stack.database.query(
    `SELECT "userId" FROM "Account" WHERE "providerAccountId" = '${people.jonas}'`,
  );
  expect(after).toEqual([before]);
});

test("access withdrawn at Webflow is noticed by Check now, and said", async ({ page, emulator }) => {
  await connect(page, emulator);
  await emulator.uninstall(people.mira);
  await hydrated(page);
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("article")).toContainText(/withdrawn/i);
  await expect(page.getByRole("button", { name: "Reconnect" })).toBeVisible();
  // The button is gone with the access.
  await expect(page.getByRole("status")).toContainText("has ended");
  await expect(page.getByRole("status")).toBeFocused();
});

test("who disconnects in a page from before a reconnect is asked again, about what is connected now", async ({
  page,
  context,
  emulator,
}) => {
  await connect(page, emulator);
  await hydrated(page);
  const before = await page.getByRole("article").getByRole("heading", { level: 2 }).getAttribute("id");
  await page.getByRole("button", { name: "Disconnect" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();

  const other = await context.newPage();
  await other.goto("/dashboard");
  await other.getByRole("button", { name: "Reconnect" }).click();
  await other.waitForURL(/\/oauth\/authorize\?/);
  await other.goto(await emulator.authorize(other.url()));
  await expect(other).toHaveURL("/dashboard");

  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await expect(page).toHaveURL(/\/dashboard\/disconnect\/[0-9a-f-]{36}$/);
  expect(before).not.toContain(page.url().slice(-36));
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("status")).toContainText("Disconnected");
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false, false]);
});

test("somebody else's connection cannot be seen or disconnected", async ({
  page,
  browser,
  stack,
  emulator,
}) => {
  await connect(page, emulator, { userId: people.jonas });
  const idOf = async (userId: string) =>
    (
      await stack.database.query<{ id: string }>(
        `SELECT "id" FROM "Grant" WHERE "webflowUserId" = '${userId}'`,
      )
    )[0]?.id;
  const id = (await idOf(people.jonas)) ?? "";
  const context = await browser.newContext({ baseURL: stack.app.origin });
  const other = await context.newPage();
  await connect(other, emulator, { userId: people.ines });
  expect((await follow(other, `/dashboard/disconnect/${id}`)).status()).toBe(404);
  await follow(other, `/dashboard/disconnect/${(await idOf(people.ines)) ?? ""}`);
  await other
    .locator('input[name="connection"]')
    .evaluate((input, value) => input.setAttribute("value", value), id);
  await other.getByRole("button", { name: "Disconnect" }).click();
  await expect(other.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  const jonas = (await emulator.ledger()).tokens.filter(({ userId }) => userId === people.jonas);
  expect(jonas.map(({ alive }) => alive)).toEqual([true]);
  await context.close();
});
