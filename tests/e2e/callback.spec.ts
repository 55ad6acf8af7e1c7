import type { EmulatorClient } from "../emulator/client";
import { expect, test } from "../support/fixtures";
import { connect, consentAt, people, startConnecting } from "./journeys";

const tokenRequests = async (emulator: EmulatorClient) =>
  (await emulator.requests()).filter(({ endpoint }) => endpoint === "token").length;

test.describe("a callback whose state is", () => {
  test("missing makes no token request", async ({ page, stack, emulator }) => {
    await page.goto(await consentAt(emulator, stack, { withState: false }));
    expect(await tokenRequests(emulator)).toBe(0);
  });

  test("unknown makes no token request and says what to do", async ({ page, stack, emulator }) => {
    await page.goto(await consentAt(emulator, stack, { withState: true }));
    await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
    await expect(page).toHaveURL("/auth/error?error=start_expired");
    expect(await tokenRequests(emulator)).toBe(0);
  });

  test("another browser's makes no token request", async ({ page, browser, stack, emulator }) => {
    const callback = await emulator.authorize(await startConnecting(page));
    const other = await browser.newContext({ baseURL: stack.app.origin });
    const victim = await other.newPage();
    await victim.goto(callback);
    await expect(victim.getByRole("button", { name: "Try again" })).toBeVisible();
    expect(await tokenRequests(emulator)).toBe(0);
    await other.close();
  });

  test("replayed is refused: one exchange, and a page that says so", async ({ page, emulator }) => {
    const callback = await emulator.authorize(await startConnecting(page));
    await page.goto(callback);
    await expect(page).toHaveURL("/dashboard");
    await page.goto(callback);
    await expect(page).toHaveURL("/auth/error?error=start_used");
    expect(await tokenRequests(emulator)).toBe(1);
  });

  test("opened ten times at once makes one exchange", async ({ page, emulator }) => {
    const callback = await emulator.authorize(await startConnecting(page));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => page.request.get(callback, { maxRedirects: 0 })),
    );
    const destinations = answers.map((answer) => new URL(answer.headers().location ?? "").pathname);
    expect(destinations.filter((path) => path === "/dashboard")).toHaveLength(1);
    expect(await tokenRequests(emulator)).toBe(1);
    expect((await emulator.ledger()).tokens).toHaveLength(1);
  });

  test("an earlier tab's is refused in words", async ({ page, context, emulator }) => {
    const first = await emulator.authorize(await startConnecting(page));
    const second = await context.newPage();
    await startConnecting(second);
    await page.goto(first);
    await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
    expect(await tokenRequests(emulator)).toBe(0);
  });

  test("from before somebody else signed in is refused", async ({ page, emulator }) => {
    const callback = await emulator.authorize(await startConnecting(page));
    const cookies = await page.context().cookies();
    await connect(page, emulator, { userId: people.jonas });
    // Only the state cookie of the first start comes back; the session stays Jonas's.
    await page.context().addCookies(cookies.filter(({ name }) => name.endsWith("state")));
    await page.goto(callback);
    await expect(page).toHaveURL("/auth/error?error=session_changed");
    expect(await tokenRequests(emulator)).toBe(1);
  });
});

test("a malformed callback gets words, never a 500", async ({ page, request }) => {
  for (const [query, status] of [
    ["code=a&code=b&state=s", 400],
    ["code=a&state=s&error=access_denied", 400],
    [`state=${"s".repeat(9_000)}&code=a`, 400],
    // Odd, but one code and one state: a start that nobody knows.
    ["state=%00&code=%ED%A0%80", 302],
    ["code=%%&state=%", 302],
  ] as const) {
    const answer = await request.get(`/api/auth/callback/webflow?${query}`, { maxRedirects: 0 });
    expect(answer.status(), query.slice(0, 40)).toBe(status);
  }
  await page.goto("/api/auth/callback/webflow?code=a&code=b");
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
});

test.describe("each error of Webflow's page reaches a person in words:", () => {
  for (const error of ["invalid_request", "unsupported_response_type", "access_denied"]) {
    test(error, async ({ page }) => {
      await page.goto(`/api/auth/callback/webflow?error=${error}&error_description=<b>Injected</b>&state=x`);
      await expect(page).toHaveURL(`/auth/error?error=${error}`);
      await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
      await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
      await expect(page.locator("body")).not.toContainText("Injected");
    });
  }

  for (const error of ["unsupported_grant_type", "invalid_client", "invalid_grant"]) {
    test(error, async ({ page, emulator }) => {
      const callback = await emulator.authorize(await startConnecting(page));
      await emulator.addFault({
        endpoint: "token",
        kind: "json",
        status: 400,
        body: { error, error_description: "Injected" },
      });
      await page.goto(callback);
      await expect(page).toHaveURL(`/auth/error?error=${error}`);
      await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
      await expect(page.locator("body")).not.toContainText("Injected");
    });
  }

  test("an answer that is no answer", async ({ page, emulator }) => {
    const callback = await emulator.authorize(await startConnecting(page));
    await emulator.addFault({ endpoint: "token", kind: "html" });
    await page.goto(callback);
    await expect(page).toHaveURL("/auth/error?error=webflow_unavailable");
  });
});

test.describe("a token whose owner Webflow does not name", () => {
  for (const [name, fault] of Object.entries({
    "introspect answers 401": { kind: "status", status: 401 },
    "introspect answers 500": { kind: "status", status: 500 },
    "introspect answers HTML": { kind: "html", status: 200 },
    "introspect answers {}": { kind: "json", body: {} },
  } as const)) {
    test(`makes no account and is dead at Webflow: ${name}`, async ({ page, stack, emulator }) => {
      const users = await stack.database.count("User");
      const callback = await emulator.authorize(await startConnecting(page));
      await emulator.addFault({ endpoint: "introspect", ...fault });
      await page.goto(callback);
      await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
      expect(await stack.database.count("User")).toBe(users);
      expect((await emulator.ledger()).tokens.map(({ alive }) => alive)).toEqual([false]);
      await page.goto("/dashboard");
      await expect(page).toHaveURL("/sign-in");
    });
  }

  test("belongs to another User: it is refused in words and revoked, theirs stays", async ({
    page,
    browser,
    stack,
    emulator,
  }) => {
    await connect(page, emulator, { userId: people.jonas });
    const context = await browser.newContext({ baseURL: stack.app.origin });
    const other = await context.newPage();
    await connect(other, emulator, { userId: people.ines });
    const callback = await emulator.authorize(await startConnecting(other), { userId: people.jonas });
    await other.goto(callback);
    await expect(other).toHaveURL("/auth/error?error=account_of_another_user");
    const { tokens } = await emulator.ledger();
    expect(tokens.map(({ alive }) => alive)).toEqual([true, true, false]);
    await page.reload();
    await expect(page.getByRole("article")).toContainText("Connected");
    await context.close();
  });
});
