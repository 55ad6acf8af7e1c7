import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { pages } from "../support/pages";
import { until } from "../support/until";
import { connect, disconnect, follow, hydrated, people } from "./journeys";
import { addConnection, signIn } from "./states";

/** Everything that the policy of a page was violated by, as the browser itself reports it. */
async function violationsOf(page: Page): Promise<string[]> {
  const violations: string[] = [];
  await page.exposeFunction("tellViolation", (text: string) => violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
      Reflect.get(window, "tellViolation")(`${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
  return violations;
}

/** Counts the forms that this page sends from now on, and lets none go. Answers how many there were so far. */
async function countSubmits(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    Reflect.set(window, "submits", 0);
    const count = (event: Event) => {
      event.preventDefault();
      Reflect.set(window, "submits", Number(Reflect.get(window, "submits")) + 1);
    };
    addEventListener("submit", count, true);
  });
  return () => page.evaluate(() => Number(Reflect.get(window, "submits")));
}

test("G1 no page violates its policy, and Connect, Disconnect and dark mode work under it", async ({
  page,
  stack,
  emulator,
}) => {
  const violations = await violationsOf(page);
  const look = async (paths: string[]) => {
    await page.goto("/");
    for (const path of paths) {
      await follow(page, path);
      await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
    }
  };
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await look(pages.filter((path) => !path.startsWith("/dashboard")));
    await look(["/no-such-page", "/too-many-requests", "/api/auth/callback/webflow?code=a&code=b"]);
    await connect(page, emulator);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red = 0] = /\d+/.exec(background)?.map(Number) ?? [];
    expect(red < 128, `${colorScheme} is ${background}`).toBe(colorScheme === "dark");
    // A second Webflow user, so that there is one to unlink.
    const [ids] = await stack.database.query<{ connection: string; account: string }>(
      `WITH added AS (
         INSERT INTO "Account" ("userId", "provider", "providerAccountId", "createdAt")
         SELECT "id", 'webflow', $1, now() + interval '1 hour' FROM "User" RETURNING "id"
       )
       SELECT added."id" AS "account", g."id" AS "connection" FROM added, "Grant" g WHERE g."state" = 'ACTIVE'`,
      [people.nameless],
    );
    await look(
      pages
        .filter((path) => path.startsWith("/dashboard"))
        .map((path) => path.replace("disconnect/[id]", `disconnect/${ids?.connection}`))
        .map((path) => path.replace("unlink/[id]", `unlink/${ids?.account}`)),
    );
    await stack.database.query(`DELETE FROM "Account" WHERE "id" = $1`, [ids?.account]);
    await page.goto("/dashboard");
    await disconnect(page);
    await expect(page.getByRole("status")).toContainText("Disconnected");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("/");
  }
  expect(violations).toEqual([]);
});

test("G3 signing out leaves nothing of a person in the document, nor behind Back", async ({
  page,
  emulator,
}) => {
  const isHere = async () => (await page.content()).includes("Mira Okafor");
  for (const path of ["/", "/sign-in"]) {
    await connect(page, emulator);
    await page.goto(path);
    expect(await isHere()).toBe(true);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Connect Webflow" })).toBeVisible();
    expect(await isHere()).toBe(false);
    await page.goBack();
    await expect(page.getByRole("button", { name: "Connect Webflow" })).toBeVisible();
    expect(await isHere()).toBe(false);
  }
  await connect(page, emulator);
  await page.goto("/dashboard/account");
  expect(await isHere()).toBe(true);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.waitForURL("/");
  expect(await isHere()).toBe(false);
  await page.goBack();
  await page.waitForURL("/sign-in");
  expect(await isHere()).toBe(false);
});

test("G3 nor does a session that was ended in another tab, once that is found out, however often", async ({
  page,
  emulator,
}) => {
  const other = await page.context().newPage();
  const isDocumentOf = (path: string) =>
    page.waitForFunction(
      (url) => performance.getEntriesByType("navigation")[0]?.name === url && location.href === url,
      new URL(path, page.url()).href,
    );
  const endInTheOtherTab = async () => {
    await other.goto("/dashboard");
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.waitForURL("/");
    await page.getByRole("button", { name: "Check now" }).click();
    await expect(page.getByRole("heading", { name: "Sign in with Webflow" })).toBeVisible();
    await isDocumentOf("/sign-in");
    expect(await page.content()).not.toContain("Mira Okafor");
  };
  await connect(page, emulator);
  await hydrated(page);
  await endInTheOtherTab();
  // "Back" leads, by Next's router, from the page to sign in to the dashboard of somebody who is signed in again.
  for (const isReloaded of [false, true]) {
    await connect(other, emulator);
    if (isReloaded) await page.reload();
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Your connections" })).toBeVisible();
    await isDocumentOf("/dashboard");
    await hydrated(page);
    await endInTheOtherTab();
  }
  await page.goBack();
  await isDocumentOf("/sign-in");
  await expect(page.getByRole("heading", { name: "Sign in with Webflow" })).toBeVisible();
  expect(await page.content()).not.toContain("Mira Okafor");
});

test("G3 nor behind Back of a browser that keeps pages as they were, by whatever way it is found out", async ({
  playwright,
  launchOptions,
  emulator,
  stack,
}) => {
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  const page = await browser.newPage({ baseURL: stack.app.origin });
  const goBack = () => page.goBack({ waitUntil: "commit" });
  const signInAndLookAround = async () => {
    await connect(page, emulator);
    // Beyond the page at which the sign-in ended (SECURITY.md, "What remains").
    for (const path of ["/dashboard/account", "/dashboard/activity", "/dashboard"]) await page.goto(path);
    await hydrated(page);
  };
  // The proof that it keeps them.
  await signInAndLookAround();
  await page.evaluate(() => Reflect.set(window, "kept", true));
  await page.goto("/dashboard/account");
  await goBack();
  await expect(page.getByRole("heading", { name: "Your connections" })).toBeVisible();
  expect(await page.evaluate(() => Reflect.get(window, "kept"))).toBe(true);

  const ended = `DELETE FROM "Session"`;
  const replaced = `UPDATE "Session" SET "replacedTokenHash" = "tokenHash", "tokenHash" = 'of a token that never arrived'`;
  const link = () => page.getByRole("link", { name: "Activity" }).click();
  for (const [way, findOut, happened] of [
    ["a link", link, ended],
    ["a link, after a sign-in whose answer never arrived", link, replaced],
    ["an action", () => page.getByRole("button", { name: "Check now" }).click(), ended],
    ["the download", () => page.goto("/dashboard/account/data", { waitUntil: "commit" }), ended],
    ["the page that looks again by itself", () => page.waitForURL("/sign-in"), ended],
  ] as const) {
    await signInAndLookAround();
    if (way === "the page that looks again by itself") {
      await stack.database.query(
        `UPDATE "Grant" SET "state" = 'REVOKING', "revokingAt" = now(), "endedAt" = now(), "nextAttemptAt" = now() + interval '1 hour'
         WHERE "state" = 'ACTIVE'`,
      );
      await page.reload();
    }
    await stack.database.query(happened);
    await findOut();
    await expect(page, way).toHaveURL("/sign-in");
    for (let step = 0; step < 2; step++) {
      await goBack();
      await expect(page.getByRole("heading", { name: "Sign in with Webflow" }), way).toBeVisible();
      expect(await page.content(), way).not.toContain("Mira Okafor");
    }
  }
  await browser.close();
});

test("credentials that a link brings along keep nobody from disconnecting for long", async ({
  page,
  emulator,
  stack,
}) => {
  await connect(page, emulator);
  await page.goto(`${stack.app.origin.replace("//", "//some:body@")}/dashboard`);
  await hydrated(page);
  await page.getByRole("button", { name: "Check now" }).click();
  await page.waitForFunction(() => new URL(document.URL).username === "");
  await hydrated(page);
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnected");
});

test("a fragment that nobody can decode keeps nobody from checking and disconnecting", async ({
  page,
  emulator,
}) => {
  const violations = await violationsOf(page);
  await connect(page, emulator);
  const arrive = async () => {
    await page.goto("/"); // another fragment alone would load nothing
    await page.goto("/dashboard#%");
    await hydrated(page);
  };
  await arrive();
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("status")).toContainText("Checked just now");
  await arrive();
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnected");
  expect(violations).toEqual([]);
});

test("the second half of a double click, made on the page before, deletes, unlinks and disconnects nothing", async ({
  page,
  emulator,
  stack,
}) => {
  await connect(page, emulator);
  await connect(page, emulator, { userId: people.jonas }, "/dashboard/account");
  const [ids] = await stack.database.query<{ connection: string; account: string }>(
    `SELECT g."id" AS "connection", a."id" AS "account" FROM "Grant" g, "Account" a WHERE a."providerAccountId" = $1`,
    [people.jonas],
  );
  const browser = await page.context().newCDPSession(page);
  await browser.send("Animation.enable");
  /** A button's first second lasts as long as time stands still, and is over at once when it flies. */
  const setTime = (playbackRate: 0 | 50) => browser.send("Animation.setPlaybackRate", { playbackRate });
  const question = page.getByRole("dialog").or(page.getByRole("main"));
  const expectHeld = async (name: string) => {
    const box = await question.getByRole("button", { name, exact: true }).last().boundingBox();
    if (!box) throw new Error(`"${name}" is not shown`);
    await page.evaluate(() => {
      Reflect.set(window, "submits", 0);
      addEventListener("submit", () => Reflect.set(window, "submits", Reflect.get(window, "submits") + 1));
    });
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    expect(await page.evaluate(() => Reflect.get(window, "submits")), name).toBe(0);
  };

  for (const [path, name] of [
    ["/dashboard/account/delete", "Delete account"],
    [`/dashboard/account/unlink/${ids?.account}`, "Unlink"],
    ["/dashboard/account/unlink", "Unlink all others"],
    [`/dashboard/disconnect/${ids?.connection}`, "Disconnect"],
  ] as const) {
    await setTime(0);
    await follow(page, path);
    await hydrated(page);
    await expectHeld(name);
    await setTime(50);
    await page.getByRole("main").getByRole("button", { name }).click({ trial: true });
    // Shown again as it was left, as browsers do at "Back"; and from behind another window.
    for (const comeBack of ["pageshow", "focus"]) {
      await setTime(0);
      await page.evaluate((type) => {
        dispatchEvent(
          type === "focus" ? new Event(type) : new PageTransitionEvent(type, { persisted: true }),
        );
      }, comeBack);
      await expectHeld(name);
      await setTime(50);
      await page.getByRole("main").getByRole("button", { name }).click({ trial: true });
    }
  }
  await page.goto("/dashboard");
  await hydrated(page);
  await page.getByRole("button", { name: "Disconnect", exact: true }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  const openAt = await page.evaluate(() => performance.now());
  await expectHeld("Disconnect");
  await setTime(50);
  await page.waitForFunction((time) => performance.now() > time + 1_000, openAt);
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("keys neither, on a page that comes back as it was left: at once nothing is confirmed, and a held key goes on nowhere", async ({
  page,
  emulator,
  stack,
}) => {
  await connect(page, emulator);
  const [connection] = await stack.database.query<{ id: string }>(`SELECT "id" FROM "Grant"`);
  await follow(page, `/dashboard/disconnect/${connection?.id}`);
  await hydrated(page);
  const confirm = page.getByRole("main").getByRole("button", { name: "Disconnect" });
  await confirm.focus();
  const backAt = await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    return performance.now();
  });
  await expect(confirm).not.toBeFocused();
  const submits = await countSubmits(page);
  await confirm.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Space");
  expect(await submits()).toBe(0);
  await page.waitForFunction((time) => performance.now() > time + 1_000, backAt);
  await page.keyboard.press("Enter");
  expect(await submits()).toBe(1);
});

test("nor one that was pressed in that second and is handled later, because something held the page up", async ({
  page,
  emulator,
  stack,
}) => {
  await connect(page, emulator);
  const [connection] = await stack.database.query<{ id: string }>(`SELECT "id" FROM "Grant"`);
  await follow(page, `/dashboard/disconnect/${connection?.id}`);
  await hydrated(page);
  await page.getByRole("main").getByRole("button", { name: "Disconnect" }).focus();
  const keyboard = await page.context().newCDPSession(page);
  const submits = await countSubmits(page);
  const busy = page.waitForEvent("console", (message) => message.text() === "busy");
  const waits = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        addEventListener("keyup", (event) => resolve(performance.now() - event.timeStamp));
        dispatchEvent(new Event("focus"));
        const until = performance.now() + 2_000;
        setTimeout(() => {
          console.log("busy");
          while (performance.now() < until);
        });
      }),
  );
  await busy;
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, timestamp: Date.now() / 1_000 };
  await Promise.all([
    keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", text: "\r", ...enter }),
    keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter }),
  ]);
  expect(await waits).toBeGreaterThan(1_000);
  expect(await submits()).toBe(0);
  await page.keyboard.press("Enter");
  expect(await submits()).toBe(1);
});

test("nor a click in the first second of a fresh page, or of the dialog, while something holds it up, also before React has taken it over", async ({
  page,
  emulator,
}) => {
  const path = "/dashboard/account/delete";
  await connect(page, emulator);
  const mouse = await page.context().newCDPSession(page);
  await page.addInitScript((asks) => {
    const seen = { clicks: 0, submits: 0, waited: 0 };
    const note = ({ timeStamp }: Event) => {
      seen.clicks++;
      seen.waited = performance.now() - timeStamp;
    };
    const submit = (event: Event) => {
      event.preventDefault();
      seen.submits++;
    };
    addEventListener("submit", submit, true);
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await new Promise(requestAnimationFrame);
    };
    const isReactThere = () =>
      Object.keys(document.querySelector(".button-held") ?? {}).some((key) => key.startsWith("__reactFiber"));
    const holdUp = async () => {
      await until(() => document.querySelector(".button-held") !== null);
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      seen.submits = 0;
      addEventListener("click", note, true);
      setTimeout(() => {
        console.log("busy");
        const end = performance.now() + 2_000;
        while (performance.now() < end);
      });
    };
    Object.assign(window, { seen, holdUp });
    if (location.pathname !== asks) return;
    addEventListener("DOMContentLoaded", async () => {
      const readAt = performance.now();
      if (location.hash === "#react") await until(isReactThere);
      // A slow machine may have taken the page's second for that.
      if (performance.now() - readAt < 700) await holdUp();
      else location.reload();
    });
  }, path);
  const seen = (): Promise<{ clicks: number; submits: number; waited: number }> =>
    page.evaluate(() => Reflect.get(window, "seen"));
  const placeOf = async (button: Locator) => {
    const box = await button.boundingBox();
    if (!box) throw new Error("the button is not shown");
    return { x: box.x + box.width / 2, y: box.y + box.height / 2, button: "left", clickCount: 1 } as const;
  };
  const expectHeld = async (way: string, button: Locator, show: () => Promise<unknown>) => {
    await show();
    const place = await placeOf(button);
    await page.goto("/dashboard");
    await hydrated(page);
    const busy = page.waitForEvent("console", (message) => message.text() === "busy");
    const shown = show();
    await busy;
    await Promise.all([
      mouse.send("Input.dispatchMouseEvent", { type: "mousePressed", ...place }),
      mouse.send("Input.dispatchMouseEvent", { type: "mouseReleased", ...place }),
      shown,
    ]);
    await expect.poll(async () => (await seen()).clicks, way).toBe(1);
    // The proof that it was held up for longer than the style of the button lasts.
    expect((await seen()).waited, way).toBeGreaterThan(1_000);
    expect((await seen()).submits, way).toBe(0);
    await button.click();
    expect((await seen()).submits, way).toBe(1);
  };

  await page.goto("/dashboard");
  await hydrated(page);
  await expectHeld("dialog", page.getByRole("dialog").getByRole("button", { name: "Disconnect" }), () =>
    page.evaluate(() => {
      const buttons = [...document.querySelectorAll("button")];
      buttons.find(({ textContent }) => textContent === "Disconnect")?.click();
      return Reflect.get(window, "holdUp")();
    }),
  );
  const deletes = page.getByRole("main").getByRole("button", { name: "Delete account" });
  await expectHeld("with React", deletes, () => follow(page, `${path}#react`));
  await page.goto("/dashboard/account");
  await expectHeld("before React", deletes, async () => {
    await page.route("**/_next/static/chunks/**", (route) => route.abort());
    await follow(page, path);
    await page.unroute("**/_next/static/chunks/**");
  });
});

test("nor on a page that React has not taken over yet, when it comes from behind another window or back as it was; having loaded late holds nobody off", async ({
  page,
  emulator,
}) => {
  await connect(page, emulator);
  await page.goto("/dashboard/account");
  // Its style stays: that holds the button off in the page's own first second, which is waited for.
  await page.route(/\/_next\/static\/.*\.js/, (route) => route.abort());
  await follow(page, "/dashboard/account/delete");
  const confirm = page.getByRole("main").getByRole("button", { name: "Delete account" });
  for (const [way, persisted, isHeld] of [
    ["from behind another window", null, true],
    ["as it was", true, true],
    ["loaded late", false, false],
  ] as const) {
    // The second of the page itself is over.
    await confirm.click({ trial: true });
    const box = await confirm.boundingBox();
    if (!box) throw new Error("the button is not shown");
    const submits = await countSubmits(page);
    const backAt = await page.evaluate((kept) => {
      dispatchEvent(
        kept === null ? new Event("focus") : new PageTransitionEvent("pageshow", { persisted: kept }),
      );
      return performance.now();
    }, persisted);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await confirm.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    expect(await submits(), way).toBe(isHeld ? 0 : 3);
    await page.waitForFunction((time) => performance.now() > time + 1_000, backAt);
    await confirm.click();
    expect(await submits(), way).toBe(isHeld ? 1 : 4);
    await page.reload();
  }
});

test("a page that React takes over late takes an honest click at once", async ({ page, emulator }) => {
  await connect(page, emulator);
  await page.goto("/dashboard/account");
  let release = () => {};
  const late = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/_next\/static\/.*\.js/, async (route) => {
    await late;
    await route.continue();
  });
  // Not `follow`, which waits for what is late.
  await page.evaluate(() => {
    setTimeout(() => location.assign("/dashboard/account/delete"));
  });
  const confirm = page.getByRole("main").getByRole("button", { name: "Delete account" });
  await confirm.click({ trial: true });
  const box = await confirm.boundingBox();
  if (!box) throw new Error("the button is not shown");
  const submits = await countSubmits(page);
  release();
  await hydrated(page);
  // With its effects.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  });
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  expect(await submits()).toBe(1);
});

test("nor one that was pressed in a window that has closed since and is held down still, however long; pressed anew it confirms", async ({
  page,
  emulator,
}) => {
  await connect(page, emulator);
  const keyboard = await page.context().newCDPSession(page);
  const keys = {
    Enter: { key: "Enter", code: "Enter", text: "\r", windowsVirtualKeyCode: 13 },
    Space: { key: " ", code: "Space", text: " ", windowsVirtualKeyCode: 32 },
  };
  const press = (name: keyof typeof keys, autoRepeat = false) =>
    keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", autoRepeat, ...keys[name] });
  const release = (name: keyof typeof keys) =>
    keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", ...keys[name], text: undefined });

  for (const [path, name] of [
    ["/dashboard/account/delete", "Delete account"],
    ["/dashboard", "Disconnect"],
  ] as const) {
    await follow(page, path);
    await hydrated(page);
    if (path === "/dashboard") await page.getByRole("button", { name, exact: true }).click();
    const question = path === "/dashboard" ? page.getByRole("dialog") : page.getByRole("main");
    await question.getByRole("button", { name }).focus();
    const submits = await countSubmits(page);
    const backAt = await page.evaluate(() => {
      dispatchEvent(new Event("focus"));
      return performance.now();
    });
    // In its second a key may be pressed anew as well, and let go after it.
    await press("Space");
    await page.waitForFunction((time) => performance.now() > time + 1_000, backAt);
    await release("Space");
    for (const key of ["Enter", "Space"] as const) {
      for (let times = 0; times < 3; times++) await press(key, true);
      await release(key);
    }
    expect(await submits(), name).toBe(0);
    await press("Enter");
    await press("Enter", true);
    await release("Enter");
    expect(await submits(), name).toBe(1);
    await press("Space");
    await press("Space", true);
    await release("Space");
    expect(await submits(), name).toBe(2);
  }
});

test("G1 a script that somebody injected into the page does not run", async ({ page }) => {
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

test("G1 each answer has a nonce of its own, and no policy is unsafe", async ({ request }) => {
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

test("H2 an error that nobody foresaw is told in words, with a reference that finds it in the log", async ({
  page,
  context,
  stack,
}) => {
  const violations = await violationsOf(page);
  await addConnection(stack.database, await signIn(context, stack));
  // No code of ours writes this: a hand in the database, say.
  await stack.database.query(`UPDATE "Grant" SET "siteIds" = '{}', "sites" = '{"not": "a list"}'`);
  const answer = await page.goto("/dashboard");
  await expect(page.getByRole("heading", { name: "This page did not work" })).toBeVisible();
  const reference = await page.getByText(/^Reference: /).innerText();
  const line = await until(
    () =>
      stack.app
        .logs()
        .split("\n")
        .filter((text) => text.startsWith("{"))
        .map((text): Record<string, unknown> => JSON.parse(text))
        .find(({ event, digest }) => event === "request_failed" && reference === `Reference: ${digest}`),
    "the line of the log",
  );
  expect(line).toMatchObject({ level: "error", error: "TypeError", route: "/dashboard" });
  expect(line.requestId).toBe(answer?.headers()["x-request-id"]);
  expect(await page.content()).not.toContain("is not a function");
  await stack.database.query(`UPDATE "Grant" SET "sites" = '[]'`);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("article", { name: "Ada Marlow" })).toBeVisible();
  expect(violations).toEqual([]);
});
