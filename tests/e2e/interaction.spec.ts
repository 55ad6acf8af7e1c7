import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { connect, hydrated } from "./journeys";
import { addConnection, signIn } from "./states";

/** Presses Tab until this has the focus: what a person without a mouse does. */
async function tabTo(page: Page, role: "button" | "link", name: string): Promise<void> {
  const target = page.getByRole(role, { name, exact: true }).first();
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${role} "${name}"`);
}

test("the keyboard alone connects, reads, checks, disconnects and signs out", async ({ page, emulator }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await tabTo(page, "button", "Connect Webflow");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/oauth\/authorize\?/);
  await tabTo(page, "button", "Authorize app");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/dashboard");

  await tabTo(page, "link", "Activity");
  await page.keyboard.press("Enter");
  await expect(page.getByText("You connected \u2068Mira Okafor\u2069.")).toBeVisible();
  await page.goBack();
  await hydrated(page);

  await tabTo(page, "button", "Check now");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status")).toContainText("Checked just now");
  await expect(page.getByRole("button", { name: "Check now" })).toBeFocused();

  await tabTo(page, "button", "Disconnect");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Keep connected" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Disconnect" })).toBeFocused();
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([true]);

  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("button", { name: "Disconnect" })).toBeFocused();
  await page.keyboard.press("Enter");
  // The button is gone with the connection: the focus is handed to the words about the outcome.
  await expect(page.getByRole("status")).toContainText("Disconnected");
  await expect(page.getByRole("status")).toBeFocused();
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);

  await page.keyboard.press("Shift+Tab");
  await tabTo(page, "button", "Sign out");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/");
});

test("who changes their mind twice in a moment is asked again", async ({ page, context, stack }) => {
  await addConnection(stack.database, await signIn(context, stack));
  await page.goto("/dashboard");
  await hydrated(page);
  const button = page.getByRole("button", { name: "Disconnect" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  // In one task: the browser tells that the dialog was closed only after the second click.
  await page.evaluate(() => {
    document.querySelector("dialog")?.close();
    document.querySelector<HTMLButtonElement>("button[aria-haspopup=dialog]")?.click();
  });
  await expect(page.getByRole("button", { name: "Keep connected" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(button).toBeFocused();
});

test("while a disconnect is under way its dialog stays, and a second click asks nothing twice", async ({
  page,
  context,
  stack,
}) => {
  await addConnection(stack.database, await signIn(context, stack));
  // A slow line: what is posted stays on its way until it is let go.
  const onTheWay: (() => Promise<void>)[] = [];
  await page.route("/dashboard", (route) =>
    route.request().method() === "POST" ? void onTheWay.push(() => route.continue()) : route.continue(),
  );
  await page.goto("/dashboard");
  await hydrated(page);
  await page.getByRole("button", { name: "Disconnect" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Disconnect" }).dblclick();
  await expect(dialog.getByRole("button", { name: "Disconnecting…" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Keep connected" }).click({ force: true });
  await expect(dialog).toBeVisible();
  expect(onTheWay).toHaveLength(1);
  await onTheWay[0]?.();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("status")).toContainText("Disconnect");
});

test("a click before the script has come is not lost: the question is a page then", async ({
  page,
  context,
  stack,
}) => {
  await addConnection(stack.database, await signIn(context, stack));
  await page.route("**/_next/static/**/*.js", () => {}); // a line so slow that no script ever comes
  await page.goto("/dashboard", { waitUntil: "commit" });
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("heading", { name: "Disconnect from Webflow?" })).toBeVisible();
  await page.getByRole("link", { name: "Keep connected" }).click();
  await expect(page).toHaveURL("/dashboard");
});

test("a click is not lost either when the page is ready and its dialog does not come", async ({
  page,
  context,
  stack,
}) => {
  await addConnection(stack.database, await signIn(context, stack));
  await page.goto("/dashboard");
  await hydrated(page);
  await page.route("**/_next/static/**/*.js", () => {});
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page).toHaveURL(/\/dashboard\/disconnect\//);
  await expect(page.getByRole("heading", { name: "Disconnect from Webflow?" })).toBeVisible();
});

test("an action whose answer is lost ends in words that promise nothing, and Try again shows how things stand", async ({
  page,
  context,
  stack,
}) => {
  await addConnection(stack.database, await signIn(context, stack));
  // What is posted arrives, but the line breaks before the answer does.
  await page.route("/dashboard", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    await route.abort();
  });
  await page.goto("/dashboard");
  await hydrated(page);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This page did not work" })).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("status")).toContainText("Disconnecting");
});

test("a button of a page from before a deployment says so in words, and the page works again from there", async ({
  page,
  emulator,
}) => {
  await connect(page, emulator);
  await hydrated(page);
  await page.route("/dashboard", async (route, request) => {
    const headers = await request.allHeaders();
    await route.continue({
      headers: headers["next-action"] ? { ...headers, "next-action": `40${"ab".repeat(20)}` } : headers,
    });
  });
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This page did not work");
  await page.unroute("/dashboard");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("status")).toContainText("Checked just now");
});
