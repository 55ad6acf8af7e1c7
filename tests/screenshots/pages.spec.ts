import { existsSync, readdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { connectErrors } from "@/lib/webflow/errors";
import { connect, startConnecting } from "../e2e/journeys";
import { addConnection, addHistory, addSession, everyState, signIn, site, userAgents } from "../e2e/states";
import { test } from "../support/fixtures";

const looks = (["light", "dark"] as const).flatMap((colorScheme) =>
  [1280, 320].map((width) => ({ colorScheme, width })),
);

/** The whole page in each look, into .local/screenshots. */
async function picture(page: Page, name: string): Promise<void> {
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({
      path: `.local/screenshots/${name}-${width}-${colorScheme}.png`,
      fullPage: true,
      animations: "disabled",
    });
  }
}

test("pages for everybody", async ({ page }) => {
  for (const [name, path] of [
    ["home", "/"],
    ["sign-in", "/sign-in"],
    ["not-found", "/no-such-page"],
    ["privacy", "/privacy"],
    ["terms", "/terms"],
    ["account-deleted", "/account-deleted"],
    ["too-many-requests", "/too-many-requests"],
  ] as const) {
    await page.goto(path);
    await picture(page, name);
  }
});

test("the start and signing in, for somebody who is signed in already", async ({ page, context, stack }) => {
  await addConnection(stack.database, await signIn(context, stack));
  await page.goto("/");
  await picture(page, "home-signed-in");
  await page.goto("/sign-in");
  await picture(page, "sign-in-signed-in");
});

/** The pages that are in the menu because their folder says so. */
const addedPages = readdirSync("app/dashboard").filter((name) =>
  existsSync(`app/dashboard/${name}/menu-entry.ts`),
);

test("the journey through the local Webflow", async ({ page, emulator }) => {
  await startConnecting(page);
  await picture(page, "consent");
  await connect(page, emulator);
  await picture(page, "connected");
  for (const name of addedPages) {
    await page.goto(`/dashboard/${name}`);
    await picture(page, name);
  }
});

test("the README's picture", async ({ page, context, stack }) => {
  await addConnection(stack.database, await signIn(context, stack), {
    scopes: ["authorized_user:read", "sites:read", "cms:read", "cms:write"],
    sites: [site(1, "Lark & Marlow"), site(2, "Journal of Small Harbours")],
  });
  await page.setViewportSize({ width: 1100, height: 800 });
  await page.goto("/dashboard");
  await page.screenshot({ path: "public/dashboard.png", fullPage: true });
});

test("every error", async ({ page }) => {
  for (const code of connectErrors) {
    await page.goto(`/auth/error?error=${code}`);
    await picture(page, `error-${code}`);
  }
});

test("an empty dashboard", async ({ page, context, stack }) => {
  await signIn(context, stack);
  await page.goto("/dashboard");
  await picture(page, "dashboard-empty");
});

for (const [name, state] of Object.entries(everyState)) {
  test(`a connection: ${name}`, async ({ page, context, stack }) => {
    await addConnection(stack.database, await signIn(context, stack), state);
    await page.goto("/dashboard");
    await picture(page, `dashboard-${name.replaceAll(" ", "-")}`);
  });
}

test("every state at once", async ({ page, context, stack }) => {
  const userId = await signIn(context, stack);
  for (const state of Object.values(everyState)) await addConnection(stack.database, userId, state);
  await page.goto("/dashboard");
  await picture(page, "dashboard-everything");
});

test("disconnecting, asked in a dialog and on a page", async ({ page, context, stack }) => {
  const id = await addConnection(stack.database, await signIn(context, stack), everyState.active);
  await page.goto(`/dashboard/disconnect/${id}`);
  await picture(page, "disconnect");
  await page.goto("/dashboard");
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").waitFor();
  await picture(page, "disconnect-dialog");
});

test("activity and account", async ({ page, context, stack }) => {
  const userId = await signIn(context, stack);
  await page.goto("/dashboard/activity");
  await picture(page, "activity-empty");
  const id = await addConnection(stack.database, userId);
  await addHistory(stack.database, userId, id);
  await page.goto("/dashboard/activity");
  await picture(page, "activity");
  await page.goto("/dashboard/account");
  await picture(page, "account-one-session");
  for (const userAgent of [...Object.values(userAgents), "curl/8"])
    await addSession(stack.database, userId, { userAgent });
  await addConnection(stack.database, userId, everyState["long names"]);
  await page.goto("/dashboard/account");
  await picture(page, "account");
  await page.goto("/dashboard/account/delete");
  await picture(page, "account-delete");
});
