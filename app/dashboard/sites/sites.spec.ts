import AxeBuilder from "@axe-core/playwright";
import { connect } from "../../../tests/e2e/journeys";
import { expect, test } from "../../../tests/support/fixtures";

test.describe("the example page", () => {
  test("lists the sites live, and asks for a scope where it is needed, without client JavaScript too", async ({
    browser,
    stack,
    emulator,
  }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.app.origin });
    const page = await context.newPage();
    await connect(page, emulator);
    await page.getByRole("link", { name: "Sites", exact: true }).click();
    await expect(page.getByRole("list", { name: "Sites" })).toContainText("Harbour & Pine");
    await expect(page.getByText("Articles")).toHaveCount(0);

    await page.getByRole("button", { name: "Allow reading collections" }).click();
    const asked = new URL(page.url()).searchParams.get("scope");
    expect(asked).toBe("authorized_user:read sites:read cms:read");
    await page.getByRole("button", { name: "Authorize app" }).click();
    await expect(page).toHaveURL("/dashboard/sites");
    await expect(page.getByRole("list", { name: "Sites" })).toContainText("Articles, Team members");
    // A name that runs the other way turns around nothing but itself.
    for (const name of ["Harbour & Pine", "Articles"])
      await expect(page.locator("bdi", { hasText: name })).toBeVisible();
    // The wider Grant has replaced the narrower one, and is not called more than was asked for.
    expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false, true]);
    await page.goto("/dashboard");
    await expect(page.getByRole("article")).toContainText("cms:read");
    await expect(page.getByRole("article")).not.toContainText("More than this app asks for");
    await context.close();
  });

  test("says in words what Webflow does not give, and is accessible", async ({ page, emulator }) => {
    await connect(page, emulator);
    await emulator.addFault({ endpoint: "sites", kind: "status", status: 503 });
    await page.goto("/dashboard/sites");
    await expect(page.getByRole("status").filter({ hasText: "Webflow did not answer" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await emulator.uninstall("64b7f1a29c0d4e0011cd0001");
    await page.reload();
    await expect(page.getByRole("status").filter({ hasText: "this access has ended" })).toBeVisible();
  });

  test("asks Webflow only so often a minute for whom another site leads here, and always for who comes by themselves", async ({
    page,
    emulator,
  }) => {
    await connect(page, emulator);
    await emulator.clearRequests();
    const led = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    const views = [];
    for (let count = 0; count < 8; count++)
      views.push(await (await page.request.get("/dashboard/sites", { headers: led })).text());
    expect(views.map((view) => view.includes("again and again"))).toEqual([
      ...Array(5).fill(false),
      ...Array(3).fill(true),
    ]);
    const asked = (await emulator.requests()).filter(({ endpoint }) => endpoint === "sites");
    expect(asked).toHaveLength(5);
    await page.getByRole("link", { name: "Sites", exact: true }).click();
    await expect(page.getByRole("list", { name: "Sites" })).toContainText("Harbour & Pine");
  });

  test("asks Webflow nothing more, and shows nothing, once the session is over, however long Webflow takes", async ({
    page,
    stack,
    emulator,
  }) => {
    await connect(page, emulator);
    const asked = async () => (await emulator.requests()).map(({ endpoint }) => endpoint);
    const viewOfEndedSession = async (askedBefore: string[]) => {
      await emulator.clearRequests();
      await emulator.addFault({ endpoint: "sites", kind: "delay", ms: 1_500 });
      const waiting = page.request.get("/dashboard/sites", { maxRedirects: 0 });
      await expect.poll(asked).toEqual(askedBefore);
      await stack.database.query(`DELETE FROM "Session"`);
      const answer = await waiting;
      expect([answer.status(), answer.headers().location]).toEqual([307, "/session-ended"]);
      const text = await answer.text();
      for (const name of ["Harbour", "Mira", "Jonas"]) expect(text).not.toContain(name);
      await page.goto("/session-ended");
      await expect(page).toHaveURL("/sign-in");
      expect((await page.context().cookies()).filter(({ name }) => name.endsWith("session-token"))).toEqual(
        [],
      );
      expect(await asked()).toEqual(askedBefore);
    };
    await viewOfEndedSession(["sites"]);
    // Nor what was answered about another connection by then.
    await connect(page, emulator);
    await connect(page, emulator, { userId: "64b7f1a29c0d4e0011cd0002" }, "/dashboard/account");
    await viewOfEndedSession(["sites", "sites", "collections"]);
  });

  test("takes nobody's leaving before Webflow has answered for a failure of ours", async ({
    page,
    stack,
    emulator,
  }) => {
    await connect(page, emulator);
    await stack.database.query(`UPDATE "Session" SET "lastSeenAt" = now() - interval '6 minutes'`);
    await emulator.clearRequests();
    const before = stack.app.logs().length;
    await emulator.addFault({ endpoint: "sites", kind: "delay", ms: 2_000 });
    await expect(page.request.get("/dashboard/sites", { timeout: 1_000 })).rejects.toThrow();
    // It goes on until all is rendered, for nobody.
    await expect
      .poll(async () => (await emulator.requests()).map(({ endpoint }) => endpoint))
      .toContain("collections");
    await page.goto("/dashboard");
    expect(stack.app.logs().slice(before)).not.toContain('"level":"error"');
  });

  test("sends whoever is not signed in to sign in", async ({ page }) => {
    await page.goto("/dashboard/sites");
    await expect(page).toHaveURL("/sign-in");
  });
});
