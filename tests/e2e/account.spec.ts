import { expect, test } from "../support/fixtures";
import { connect, people } from "./journeys";
import { addConnection, addEvent, addSession, signIn, userAgents } from "./states";

test("somebody sees in words where they are signed in, and signs one browser out, then all others", async ({
  page,
  context,
  stack,
}) => {
  const userId = await signIn(context, stack);
  for (const userAgent of Object.values(userAgents)) await addSession(stack.database, userId, { userAgent });
  await page.goto("/dashboard/account");
  await expect(page.getByRole("status")).toHaveText("In 4 browsers.");
  await page
    .getByRole("listitem")
    .filter({ hasText: "Firefox on Windows" })
    .getByRole("button", { name: "Sign out there" })
    .click();
  await expect(page.getByRole("status")).toHaveText("In 3 browsers.");
  await expect(page.getByText("Firefox on Windows")).toHaveCount(0);
  await expect(page.getByText("Safari on iPhone")).toBeVisible();
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page.getByRole("status")).toHaveText("Only in this browser.");
  expect(await stack.database.count("Session")).toBe(1);
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByText("You signed another browser out.")).toHaveCount(3);
});

test("somebody who is signed in countless times sees the last fifty, how many more there are, and ends them all", async ({
  page,
  context,
  stack,
}) => {
  const userId = await signIn(context, stack);
  await stack.database.query(
    `INSERT INTO "Session" ("tokenHash", "userId", "userAgent", "expires")
     SELECT 'other ' || n, $1, $2, now() + interval '1 day' FROM generate_series(1, 30000) n`,
    [userId, userAgents.firefoxOnWindows],
  );
  await page.goto("/dashboard/account");
  await expect(page.getByText("In 30001 browsers.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "This browser" })).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Sign out there" })).toHaveCount(49);
  await expect(page.getByText("And 29951 more, last seen earlier.")).toBeVisible();
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page.getByText("Only in this browser.")).toBeVisible();
  await expect(page.getByText("last seen earlier")).toHaveCount(0);
  expect(await stack.database.count("Session")).toBe(1);
});

test("nobody signs another person's browser out", async ({ page, context, browser, stack }) => {
  const victim = await browser.newContext();
  await signIn(victim, stack);
  await victim.close();
  const [theirs] = await stack.database.query<{ id: string }>(`SELECT "id" FROM "Session"`);
  const userId = await signIn(context, stack);
  await addSession(stack.database, userId, { userAgent: userAgents.chromeOnMac });
  await page.goto("/dashboard/account");
  await page
    .locator('input[name="session"]')
    .evaluate((input, value) => input.setAttribute("value", value), theirs?.id ?? "");
  await page.getByRole("button", { name: "Sign out there" }).click();
  await expect(page).toHaveURL("/dashboard/account");
  expect(await stack.database.count("Session")).toBe(3);
});

test("the data that somebody takes along is all that is stored about them, without any key", async ({
  page,
  stack,
  emulator,
}) => {
  expect((await page.request.get("/dashboard/account/data", { maxRedirects: 0 })).status()).toBe(302);
  await connect(page, emulator);
  await page.goto("/dashboard/account");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download my data" }).click();
  expect((await download).suggestedFilename()).toBe("my-data.json");
  const answer = await page.request.get("/dashboard/account/data");
  expect(answer.headers()).toMatchObject({
    "cache-control": "private, no-store",
    "content-disposition": 'attachment; filename="my-data.json"',
  });
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({
    webflowUsers: [{ providerAccountId: people.mira, email: "mira@harbourandpine.example" }],
    connections: [{ state: "ACTIVE", webflowUserId: people.mira }],
    activity: [{ type: "CONNECTED" }, { type: "SIGNED_IN" }],
    sessions: [{}],
  });
  const [secret] = await stack.database.query<{ sealed: string; print: string; session: string }>(
    `SELECT "sealedToken" AS sealed, "fingerprint" AS print, "tokenHash" AS session FROM "Grant", "Session"`,
  );
  for (const value of Object.values(secret ?? {})) expect(text).not.toContain(value);
  expect(text).not.toContain((await emulator.ledger()).tokens[0]?.value);
});

test("whoever asks for their data when they are signed out meanwhile sees the page to sign in, and gets no file of it", async ({
  page,
  context,
  stack,
}) => {
  await signIn(context, stack);
  await page.goto("/dashboard/account");
  await stack.database.query(`DELETE FROM "Session"`);
  await page.getByRole("link", { name: "Download my data" }).click();
  await expect(page).toHaveURL("/sign-in");
});

test("a Webflow account that somebody else linked is taken away, without client JavaScript, and said so", async ({
  browser,
  stack,
  emulator,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.app.origin });
  const page = await context.newPage();
  await connect(page, emulator);
  await page.goto("/dashboard/account");
  await expect(page.getByRole("button", { name: "Unlink" })).toHaveCount(0);
  await connect(page, emulator, { userId: people.jonas }, "/dashboard/account");
  await expect(page.getByRole("status").first()).toContainText("Jonas");
  const rows = page.getByRole("listitem").filter({ hasText: "@" });
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("Your account was made with it");
  await expect(rows.first().getByRole("button")).toHaveCount(0);
  const unlink = rows.last().getByRole("button", { name: "Unlink" });
  await expect(unlink).toHaveAccessibleDescription(/Jonas/);
  await unlink.click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Jonas");
  await page.getByRole("link", { name: "Keep it" }).click();
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole("button", { name: "Unlink all others" })).toHaveCount(0);
  await unlink.click();
  await page.getByRole("button", { name: "Unlink" }).click();
  await expect(page).toHaveURL("/dashboard/account");
  await expect(rows).toHaveCount(1);
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([true, false]);
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "You unlinked" })).toContainText("Jonas");
  await context.close();
});

test("several Webflow accounts that somebody else linked are taken away at once, without client JavaScript, all but one's own", async ({
  browser,
  stack,
  emulator,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.app.origin });
  const page = await context.newPage();
  await connect(page, emulator);
  for (const userId of [people.jonas, people.ines])
    await connect(page, emulator, { userId }, "/dashboard/account");
  const rows = page.getByRole("listitem").filter({ hasText: "@" });
  await expect(rows).toHaveCount(3);
  await page.getByRole("button", { name: "Unlink all others" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Unlink all but Mira Okafor?");
  await page.getByRole("link", { name: "Keep them" }).click();
  await expect(rows).toHaveCount(3);
  await page.getByRole("button", { name: "Unlink all others" }).click();
  await expect(page.getByRole("button", { name: "Unlink all others" })).toHaveAccessibleDescription(
    /Only Mira Okafor \(mira@harbourandpine\.example\)/,
  );
  await page.getByRole("button", { name: "Unlink all others" }).click();
  await expect(page).toHaveURL("/dashboard/account");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Mira Okafor");
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([true, false, false]);
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "You unlinked" })).toHaveCount(2);
  await context.close();
});

test("deleting the account is asked twice, works without client JavaScript, and ends everything", async ({
  browser,
  stack,
  emulator,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.app.origin });
  const page = await context.newPage();
  await connect(page, emulator);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Delete account" }).click();
  await expect(page.getByRole("button", { name: "Delete account" })).toHaveAccessibleDescription(
    /This app stops using your connection and tells Webflow to end the access\. Until Webflow confirms, we keep nothing but what it takes to ask, which we do for 30 days\. To be sure, remove the app in Webflow as well\./,
  );
  expect(await stack.database.count("User")).toBe(1);
  await page.getByRole("button", { name: "Delete account" }).click();
  await expect(page).toHaveURL("/account-deleted");
  await expect(page.getByRole("heading", { name: "Your account is deleted" })).toBeVisible();
  await expect(page.getByRole("status")).toContainText(
    "Should Webflow not have confirmed the end of an access yet, we ask for 30 days more. To be sure, remove the app in Webflow.",
  );
  await expect(page.getByRole("link", { name: "Open Webflow" })).toHaveAttribute(
    "href",
    "https://webflow.com/dashboard",
  );
  expect(await stack.database.count("User")).toBe(0);
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);
  expect((await context.cookies()).filter(({ name }) => name.endsWith("session-token"))).toEqual([]);
  await page.goto("/dashboard");
  await expect(page).toHaveURL("/sign-in");
  await context.close();
});

test("the privacy page says what is kept where Webflow never confirms the end of an access, and what ends it", async ({
  page,
}) => {
  await page.goto("/privacy");
  await expect(page.getByRole("article")).toContainText(
    "We ask Webflow for 30 days to end an access. Until it confirms we keep the encrypted key and the id of its Webflow user, for nothing but to ask, also when you have deleted your account. If it never does, both stay: erasing our key would not end the access, and nobody could ask again. To end it, remove the app in Webflow",
  );
});

test("somebody finds out what happened, in sentences and in pages", async ({ page, context, stack }) => {
  const userId = await signIn(context, stack);
  const grantId = await addConnection(stack.database, userId);
  await addEvent(stack.database, userId, { type: "CONNECTED", ago: 90_000, grantId });
  for (let count = 0; count < 30; count++) {
    await addEvent(stack.database, userId, { type: "CHECKED", ago: 60, grantId });
  }
  await page.goto("/dashboard/activity");
  await expect(page.getByRole("listitem")).toHaveCount(30);
  await expect(page.getByRole("listitem").first()).toContainText("You checked \u2068Ada Marlow\u2069");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await expect(page.getByRole("listitem")).toContainText("You connected \u2068Ada Marlow\u2069.");
  await expect(page.getByRole("link", { name: "Older" })).toHaveCount(0);
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(page).toHaveURL("/dashboard/activity");
  // What is no page of ours is not repeated in what the page sends.
  await page.goto("/dashboard/activity?before=1%27%3B&x=injected");
  await expect(page).toHaveURL("/dashboard/activity");
  expect(await page.content()).not.toContain("injected");
});

test("without a session the pages of an account show nothing", async ({ page }) => {
  for (const path of ["/dashboard/activity", "/dashboard/account", "/dashboard/account/delete"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/sign-in");
  }
});
