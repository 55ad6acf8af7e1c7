import { expect, type Page, type Response } from "@playwright/test";
import type { ConsentChoice, EmulatorClient } from "../emulator/client";
import type { Stack } from "../support/stack";

/** Ids of the people of the local Webflow. */
export const people = {
  mira: "64b7f1a29c0d4e0011cd0001",
  jonas: "64b7f1a29c0d4e0011cd0002",
  ines: "64b7f1a29c0d4e0011cd0003",
  tomas: "64b7f1a29c0d4e0011cd0004",
  nameless: "64b7f1a29c0d4e0011cd0005",
};

/** Presses Connect where a person finds it, signed in or not, and stops at Webflow's consent page. Answers its URL. */
export async function startConnecting(page: Page): Promise<string> {
  await page.goto("/sign-in");
  const dashboard = page.getByRole("link", { name: "Open your dashboard" });
  if (await dashboard.isVisible()) await dashboard.click();
  await page.getByRole("button", { name: /^Connect (Webflow|another workspace)$/ }).click();
  await page.waitForURL(/\/oauth\/authorize\?/);
  return page.url();
}

/** Goes there from a page of ours, as by a link: to some pages nothing else leads. Answers what came in the end, as `page.goto` does. */
export async function follow(page: Page, path: string): Promise<Response> {
  const [response] = await Promise.all([
    page.waitForResponse(
      (answer) => answer.request().isNavigationRequest() && (answer.status() < 300 || answer.status() >= 400),
    ),
    page.waitForEvent("framenavigated"),
    page.evaluate((to) => {
      setTimeout(() => location.assign(to));
    }, path),
  ]);
  await page.waitForLoadState();
  return response;
}

/** Waits until React has taken over the page: until then a form is a plain form. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const main = document.querySelector("main button, main a, main");
    return main !== null && Object.keys(main).some((key) => key.startsWith("__reactFiber"));
  });
}

/**
 * Connects, granting what the choice says, and ends at the dashboard, or where it is told: a Webflow user that joins somebody who
 * is signed in ends at their account.
 */
export async function connect(
  page: Page,
  emulator: EmulatorClient,
  choice?: ConsentChoice,
  endsAt: "/dashboard" | "/dashboard/account" = "/dashboard",
): Promise<void> {
  const authorizeUrl = await startConnecting(page);
  await page.goto(await emulator.authorize(authorizeUrl, choice));
  await expect(page).toHaveURL(endsAt);
}

/** Presses Disconnect, and Disconnect again where it asks: in the dialog, or on the page that a click before hydration opens. */
export async function disconnect(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Disconnect" }).click();
  const question = page
    .getByRole("dialog")
    .or(page.getByRole("main").filter({ has: page.getByRole("link", { name: "Keep connected" }) }));
  await question.getByRole("button", { name: "Disconnect" }).click();
}

/** A consent at Webflow that this app did not start: the callback URL that it ends at. */
export function consentAt(
  emulator: EmulatorClient,
  { app, clientId }: Stack,
  { withState }: { withState: boolean },
): Promise<string> {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    scope: "authorized_user:read sites:read",
    redirect_uri: `${app.origin}/api/auth/callback/webflow`,
    ...(withState ? { state: "a-state-that-this-app-never-made" } : {}),
  });
  return emulator.authorize(`${app.origin}/oauth/authorize?${query}`);
}
