import { expect, test } from "../support/fixtures";
import { disconnect } from "./journeys";
import { addConnection, addSession, everyState, signIn, userAgents } from "./states";

/** What a card says in each state, and the one next step that it offers first. */
const cards = [
  { state: "active", label: "Connected", buttons: ["Check now", "Reconnect", "Disconnect"] },
  { state: "limited", label: "Connected, with limits", buttons: ["Reconnect", "Check now", "Disconnect"] },
  { state: "checking", label: "Checking with Webflow", buttons: ["Check now", "Reconnect", "Disconnect"] },
  { state: "withdrawn", label: "Withdrawn at Webflow", buttons: ["Reconnect"] },
  { state: "disconnecting", label: "Disconnecting", buttons: [] },
  { state: "disconnected", label: "Disconnected", buttons: ["Reconnect"] },
  { state: "abandoned", label: "Not confirmed by Webflow", buttons: ["Reconnect"] },
] as const;

test("each state of a connection has its words and its next step, side by side with all others", async ({
  page,
  context,
  stack,
}) => {
  const userId = await signIn(context, stack);
  const ids = new Map<string, string>();
  for (const { state } of cards)
    ids.set(state, await addConnection(stack.database, userId, everyState[state]));
  // A background look at the one that must be checked would end the state.
  await stack.database.query(`UPDATE "Grant" SET "leaseUntil" = now() + interval '1 hour', "leaseId" = "id"`);
  await page.goto("/dashboard");
  for (const { state, label, buttons } of cards) {
    const card = page.getByRole("article").filter({ hasText: ids.get(state) });
    await expect(card.getByRole("paragraph").first()).toHaveText(label);
    await expect(card.getByRole("button")).toHaveText([...buttons]);
  }
  await expect(page.getByRole("article").filter({ hasText: "Disconnecting" }).getByRole("link")).toHaveText(
    "Check again",
  );
  await expect(page.getByRole("link", { name: "Open Webflow" })).toBeVisible();
});

test("a card says who, where, since when, what is allowed, what is missing and what is too much", async ({
  page,
  context,
  stack,
}) => {
  const userId = await signIn(context, stack);
  const { database } = stack;
  await addConnection(database, userId, {
    ...everyState.active,
    scopes: ["authorized_user:read", "cms:write", "robots:manage"],
  });
  // `requestedScopes` is what the person was asked for with this connection.
  await database.query(`UPDATE "Grant" SET "requestedScopes" = '{authorized_user:read,sites:read}'`);
  await page.goto("/dashboard");
  const card = page.getByRole("article", { name: "Ada Marlow" });
  await expect(card).toContainText("ada@larkandmarlow.example");
  await expect(card.getByRole("link", { name: "Preview of Lark & Marlow" })).toHaveAttribute(
    "href",
    /^https:/,
  );
  await expect(card.getByRole("link", { name: "Designer of Lark & Marlow" })).toHaveAttribute(
    "href",
    "https://lark-marlow.design.webflow.com",
  );
  await expect(card.locator("time").first()).toHaveText("3 days ago");
  await expect(card.locator("time").nth(1)).toHaveAttribute("title", /UTC$/);
  await expect(card.getByRole("list", { name: "Granted scopes" }).getByRole("listitem")).toHaveText([
    /Who you are.*Read.*See your name.*authorized_user:read · Low risk/,
    /CMS content.*Change.*delete items.*cms:write · High risk/,
    /Something new.*Change.*no words for it.*robots:manage · High risk/,
  ]);
  await expect(card.getByRole("list", { name: "Missing scopes" })).toHaveText(/^see your sites.*sites:read$/);
  await expect(card).toContainText(
    "More than this app asks for, and not used: change CMS items (cms:write), robots:manage.",
  );
});

test("Check now never ends in silence", async ({ page, context, stack, emulator }) => {
  await addConnection(stack.database, await signIn(context, stack));
  await page.goto("/dashboard");
  // Sealed for nobody: the token does not open, so nothing is asked; what is left is what an outage leaves.
  await stack.database.query(
    `UPDATE "Grant" SET "leaseUntil" = now() + interval '1 minute', "leaseId" = NULL`,
  );
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("status")).toContainText(
    "Webflow gave no clear answer about \u2068Ada Marlow\u2069.",
  );
  expect(await emulator.requests()).toEqual([]);
});

test("without client JavaScript one checks, reads what happened, signs out elsewhere, disconnects and signs out", async ({
  browser,
  stack,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.app.origin });
  const page = await context.newPage();
  const userId = await signIn(context, stack);
  await addConnection(stack.database, userId);
  await addSession(stack.database, userId, { userAgent: userAgents.chromeOnMac });
  await page.goto("/dashboard");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page).toHaveURL("/dashboard");
  await page.getByText("Details").click();
  await expect(page.getByText("Webflow user", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out there" }).click();
  await expect(page.getByText("Only in this browser.")).toBeVisible();
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByText("You signed another browser out.")).toBeVisible();
  await page.getByRole("link", { name: "Connections" }).click();
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnecting");
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByText("You disconnected \u2068Ada Marlow\u2069.")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/");
  await context.close();
});
