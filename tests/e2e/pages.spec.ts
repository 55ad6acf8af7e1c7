import { expect, test } from "../support/fixtures";
import { connect, follow, hydrated, startConnecting } from "./journeys";
import { complaintsOf, expectGoodLooks } from "./looks";
import { addConnection, addEvent, addHistory, addSession, everyState, signIn, userAgents } from "./states";

test.describe("accessible, and fits in light and dark, wide and narrow:", () => {
  for (const [name, path] of Object.entries({
    "the start": "/",
    "signing in": "/sign-in",
    "a failed connection": "/auth/error?error=access_denied",
    "too many requests": "/too-many-requests",
    "no such page": "/no-such-page",
    privacy: "/privacy",
    terms: "/terms",
    "a deleted account": "/account-deleted",
  })) {
    test(name, async ({ page }) => {
      const complaints = complaintsOf(page);
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectGoodLooks(page);
      expect(complaints).toEqual([]);
    });
  }

  test("the start and signing in for somebody who is signed in already, by the oddest names", async ({
    page,
    context,
    stack,
  }) => {
    const complaints = complaintsOf(page);
    const userId = await signIn(context, stack);
    for (const state of [everyState.withdrawn, everyState["long names"], everyState["limited to nothing"]])
      await addConnection(stack.database, userId, state);
    for (const path of ["/", "/sign-in"]) {
      await page.goto(path);
      await expect(page.getByRole("link", { name: "Open your dashboard" })).toBeVisible();
      await expectGoodLooks(page);
    }
    expect(complaints).toEqual([]);
  });

  test("a dashboard with nothing on it", async ({ page, context, stack }) => {
    await signIn(context, stack);
    await page.goto("/dashboard");
    await expect(page.getByRole("heading", { name: "Nothing is connected" })).toBeVisible();
    await expectGoodLooks(page);
  });

  test("a dashboard with every state that a connection can be in, and the oddest names", async ({
    page,
    context,
    stack,
  }) => {
    const complaints = complaintsOf(page);
    const userId = await signIn(context, stack);
    for (const state of Object.values(everyState)) await addConnection(stack.database, userId, state);
    await page.goto("/dashboard");
    await expect(page.getByRole("article")).toHaveCount(Object.keys(everyState).length);
    for (const summary of await page.locator("summary").all()) await summary.click();
    await expectGoodLooks(page);
    expect(complaints).toEqual([]);
  });

  test("a dashboard with 300 sites", async ({ page, context, stack }) => {
    const sites = Array.from({ length: 300 }, (_, index) => ({ id: `site${index}`, name: `Site ${index}` }));
    await addConnection(stack.database, await signIn(context, stack), { sites });
    await page.goto("/dashboard");
    await page.getByText("295 more").click();
    await expect(page.getByText("Site 299")).toBeVisible();
    await expectGoodLooks(page);
  });

  test("the question before a disconnect, in a dialog and on a page", async ({ page, context, stack }) => {
    const id = await addConnection(stack.database, await signIn(context, stack), everyState["long names"]);
    await page.goto("/dashboard");
    await follow(page, `/dashboard/disconnect/${id}`);
    await expectGoodLooks(page);
    await page.goto("/dashboard");
    await hydrated(page);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectGoodLooks(page);
  });

  test("activity, account, and the questions before a Webflow user is unlinked or all of it deleted", async ({
    page,
    context,
    stack,
  }) => {
    const complaints = complaintsOf(page);
    const userId = await signIn(context, stack);
    await page.goto("/dashboard/activity");
    await expect(page.getByText("Nothing has happened yet.")).toBeVisible();
    await addConnection(stack.database, userId, everyState.withdrawn);
    const grantId = await addConnection(stack.database, userId, everyState["long names"]);
    await addHistory(stack.database, userId, grantId);
    for (let count = 0; count < 31; count++)
      await addEvent(stack.database, userId, { type: "SIGNED_IN", ago: 1 });
    for (const userAgent of Object.values(userAgents))
      await addSession(stack.database, userId, { userAgent });
    await page.goto("/dashboard/activity");
    await page.getByRole("link", { name: "Older" }).click();
    await expectGoodLooks(page);
    for (const path of ["/dashboard/account", "/dashboard/account/delete"]) {
      await follow(page, path);
      await expectGoodLooks(page);
    }
    await page.goto("/dashboard/account");
    await expect(page.getByText("now signs in to the account of")).toBeVisible();
    await page.getByRole("button", { name: "Unlink" }).click();
    await expect(page.getByRole("link", { name: "Keep it" })).toBeVisible();
    await expectGoodLooks(page);
    await addConnection(stack.database, userId, everyState.limited);
    await page.goto("/dashboard/account");
    await expectGoodLooks(page);
    await page.getByRole("button", { name: "Unlink all others" }).click();
    await expect(page.getByRole("link", { name: "Keep them" })).toBeVisible();
    await expectGoodLooks(page);
    expect(complaints).toEqual([]);
  });

  test("the pages of the local Webflow", async ({ page, emulator }) => {
    const authorizeUrl = await startConnecting(page);
    await expectGoodLooks(page);
    await page.goto(authorizeUrl.replace("client_id=", "client_id=x"));
    await expectGoodLooks(page);
    await connect(page, emulator);
    for (const path of ["/", "/marketplace", "/connected-apps", "/_control", "/no-such-page"]) {
      await page.goto(new URL(path, authorizeUrl).href);
      await expectGoodLooks(page);
    }
  });
});

test("with forced colours the drawings keep a colour, and nothing but words carries a meaning", async ({
  page,
  context,
  stack,
}) => {
  await addConnection(stack.database, await signIn(context, stack), everyState.active);
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await page.goto("/dashboard");
  const [drawing, paper] = await page.evaluate(() => [
    getComputedStyle(document.querySelector("[class*=icon-]") ?? document.body, "::before").backgroundColor,
    getComputedStyle(document.body).backgroundColor,
  ]);
  expect(drawing).not.toBe(paper);
  await expectGoodLooks(page);
});
