import { expect, test } from "../support/fixtures";
import { connect, consentAt, people } from "./journeys";

test.describe("connecting", () => {
  test("ends at a dashboard that shows who connected, which sites, and what was granted", async ({
    page,
    emulator,
  }) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Connect Webflow" }).first().click();
    await expect(page).toHaveURL(/\/oauth\/authorize\?/);
    await page.getByRole("button", { name: "Authorize app" }).click();

    await expect(page).toHaveURL("/dashboard");
    await expect(page.getByRole("article")).toContainText("Mira Okafor");
    await expect(page.getByRole("article")).toContainText("Harbour & Pine");
    const scopes = page.getByRole("list", { name: "Granted scopes" });
    await expect(scopes).toContainText("authorized_user:read");
    await expect(scopes).toContainText("sites:read");
    const { tokens } = await emulator.ledger();
    expect(tokens.map(({ alive }) => alive)).toEqual([true]);
  });

  test("works when somebody clicks twice", async ({ page, emulator }) => {
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Connect Webflow" }).dblclick();
    await page.getByRole("button", { name: "Authorize app" }).click();
    await expect(page).toHaveURL("/dashboard");
    expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([true]);
  });

  test("works without client JavaScript, and so does disconnecting", async ({ browser, stack, emulator }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.app.origin });
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("button", { name: "Connect Webflow" }).first().click();
    await page.getByRole("button", { name: "Authorize app" }).click();
    await expect(page).toHaveURL("/dashboard");
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await expect(page.getByRole("status")).toContainText("Disconnected");
    expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);
    await context.close();
  });

  test("shows the scopes that were granted, not those that were asked, and offers the missing one again", async ({
    page,
    emulator,
  }) => {
    await connect(page, emulator, { scopes: ["authorized_user:read"] });
    const scopes = page.getByRole("list", { name: "Granted scopes" });
    await expect(scopes).toContainText("authorized_user:read");
    await expect(scopes).not.toContainText("sites:read");
    await expect(page.getByRole("article")).toContainText("sites:read");

    await page.getByRole("button", { name: "Reconnect" }).click();
    await page.getByRole("button", { name: "Authorize app" }).click();
    await expect(page).toHaveURL("/dashboard");
    await expect(page.getByRole("list", { name: "Granted scopes" })).toContainText("sites:read");
  });

  test("asks for the configured scopes only, with state, whatever the browser adds to the request", async ({
    page,
    request,
  }) => {
    const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
    const started = await request.post(
      "/api/auth/signin/webflow?scope=sites:write&redirect_uri=https://evil.example&client_id=x&response_type=token",
      {
        form: { csrfToken, callbackUrl: "https://evil.example/" },
        headers: {
          origin: new URL(page.url() === "about:blank" ? (await request.get("/")).url() : page.url()).origin,
        },
        maxRedirects: 0,
      },
    );
    const authorize = new URL(started.headers().location ?? "");
    const callback = new URL("/api/auth/callback/webflow", (await request.get("/")).url());
    expect(authorize.searchParams.get("scope")).toBe("authorized_user:read sites:read");
    expect(authorize.searchParams.get("redirect_uri")).toBe(callback.href);
    expect(authorize.searchParams.get("response_type")).toBe("code");
    expect(authorize.searchParams.get("client_id")).not.toBe("x");
    expect(authorize.searchParams.get("state")?.length).toBeGreaterThan(22);
  });

  test("denied says so in words and tries again", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Connect Webflow" }).first().click();
    await page.getByRole("button", { name: "Deny" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "You did not allow access" })).toBeVisible();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Authorize app" }).click();
    await expect(page).toHaveURL("/dashboard");
  });

  test("works for somebody without a name", async ({ page, emulator }) => {
    await connect(page, emulator, { userId: people.nameless });
    await expect(page.getByRole("article")).toContainText("studio@saltmarsh.example");
  });

  test("works without the scope that tells the e-mail, by the Webflow user id alone", async ({
    page,
    emulator,
  }) => {
    await connect(page, emulator, { scopes: ["sites:read"] });
    await expect(page.getByRole("article")).toContainText(people.mira);
    await expect(page.getByRole("article")).not.toContainText("mira@harbourandpine.example");
  });

  test("keeps two Webflow users with one e-mail apart", async ({ browser, stack, emulator }) => {
    const names = { [people.ines]: "Inês Duarte", [people.tomas]: "Tomás Duarte" };
    for (const [userId, name] of Object.entries(names)) {
      const context = await browser.newContext({ baseURL: stack.app.origin });
      const page = await context.newPage();
      await connect(page, emulator, { userId });
      await expect(page.getByRole("article")).toHaveCount(1);
      await expect(page.getByRole("article")).toContainText(name);
      await context.close();
    }
    expect(await stack.database.count("User")).toBe(2);
  });
});

test.describe("the Marketplace's Install button", () => {
  test("leads through /install into a fresh flow with state", async ({ page, request }) => {
    const answer = await request.get("/install", { maxRedirects: 0 });
    expect(answer.status()).toBe(302);
    expect(new URL(answer.headers().location ?? "").searchParams.get("state")).toBeTruthy();
    await page.goto("/install");
    await page.getByRole("button", { name: "Authorize app" }).click();
    await expect(page).toHaveURL("/dashboard");
  });

  test("that brings a code without state redeems nothing and starts afresh", async ({
    page,
    stack,
    emulator,
  }) => {
    const installed = await consentAt(emulator, stack, { withState: false });
    await page.goto(installed);
    await expect(page).toHaveURL(/\/oauth\/authorize\?.*state=/);
    const { codes, tokens } = await emulator.ledger();
    expect(tokens).toEqual([]);
    expect(codes.map(({ state }) => state)).toEqual(["alive"]);
  });
});
