import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { connect, disconnect } from "./journeys";

/** Collects what a browser complains about: script errors and violations of the Content Security Policy. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|hydrat/i.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test(`every page is accessible and fits, in ${colorScheme}, ${width} pixels wide`, async ({
      page,
      emulator,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const complaints = complaintsOf(page);
      for (const path of [
        "/",
        "/sign-in",
        "/auth/error?error=access_denied",
        "/no-such-page",
        "/privacy",
        "/terms",
      ]) {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectAccessible(page);
        await expectNoSidewaysScrolling(page);
      }
      await connect(page, emulator, { scopes: ["authorized_user:read"] });
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
      await page.goto("/dashboard");
      await disconnect(page);
      await expect(page.getByRole("status")).toContainText("Disconnected");
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
      expect(complaints).toEqual([]);
    });
  }
}

test("a script that somebody injected into the page does not run", async ({ page }) => {
  await page.route("/", async (route) => {
    const response = await route.fetch();
    const injected = `<script>window.injected = 1</script><img src="/nothing" alt="" onerror="window.injected = 2">`;
    await route.fulfill({ response, body: (await response.text()).replace("</main>", `${injected}</main>`) });
  });
  const refused = new Set<string>();
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) refused.add(message.text());
  });
  await page.goto("/");
  await expect.poll(() => refused.size).toBeGreaterThanOrEqual(2);
  expect(await page.evaluate(() => "injected" in window)).toBe(false);
});

test("every answer carries the security headers, and each page a nonce of its own", async ({ request }) => {
  const nonces = new Set<string>();
  for (const path of ["/", "/sign-in", "/no-such-page", "/api/health", "/install", "/icon-of-nothing"]) {
    const headers = (await request.get(path, { maxRedirects: 0 })).headers();
    expect(headers, path).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toMatch(/unsafe-(inline|eval)/);
    nonces.add(/'nonce-([^']+)'/.exec(policy)?.[1] ?? "");
  }
  expect(nonces.size).toBe(6);
});

test("the keyboard alone connects and disconnects", async ({ page, emulator }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Connect Webflow" }).first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/oauth\/authorize\?/);
  await page.getByRole("button", { name: "Authorize app" }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/dashboard");
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Disconnect" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Keep connected" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Disconnect" })).toBeFocused();
  expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([true]);
});
