import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { HttpBrowser } from "../support/browser";
import { endTransactions, openTransaction, whenWaiting } from "../support/locks";
import { until } from "../support/until";
import { connect, newBrowser, openStack, signedIn, startConnecting } from "./stack";

const stack = openStack();
afterEach(endTransactions);
const jonas = "64b7f1a29c0d4e0011cd0002";
const ines = "64b7f1a29c0d4e0011cd0003";
const accounts = () =>
  stack().database.query<{ id: string; webflowUserId: string; userId: string }>(
    `SELECT "id", "providerAccountId" AS "webflowUserId", "userId" FROM "Account" ORDER BY "createdAt"`,
  );
const living = async () =>
  (await stack().emulator.control.ledger()).tokens.filter(({ alive }) => alive).length;

/** Somebody to whose account Jonas's Webflow user was linked, at the question before it is unlinked. */
async function asked(): Promise<{ owner: HttpBrowser; own: string; added: string; question: URL }> {
  const owner = await signedIn(stack());
  await connect(stack(), owner, { userId: jonas });
  const [own, added] = (await accounts()).map(({ id }) => id);
  if (!own || !added) throw new Error("Two Webflow users are linked.");
  await owner.open("/dashboard/account");
  const { url, status } = await owner.press("Unlink");
  expect([url.pathname, status]).toEqual([`/dashboard/account/unlink/${added}`, 200]);
  return { owner, own, added, question: url };
}

/** The form with another Account's id in it. */
function formFor(browser: HttpBrowser, accountId: string): FormData {
  const body = browser.formData("Unlink");
  body.set("account", accountId);
  return body;
}

test("F1 unlinking needs a session and our own Origin", async () => {
  const { owner, added, question } = await asked();
  const body = formFor(owner, added);
  for (const origin of ["https://evil.example", "null", "", undefined])
    await owner.send("POST", question, { body, headers: { origin } });
  await newBrowser(stack()).send("POST", question, { body });
  expect(await accounts()).toHaveLength(2);
  expect(await living()).toBe(2);
  const { headers } = await owner.send("POST", question, { body });
  expect(headers.location).toBe("/dashboard/account");
  expect(await accounts()).toHaveLength(1);
  expect(await living()).toBe(1);
});

test("F2 another person's Webflow user answers like one that never was, and stays; so does the one an account was made with", async () => {
  const theirs = await signedIn(stack(), { userId: ines });
  await connect(stack(), theirs, { userId: "64b7f1a29c0d4e0011cd0004" });
  const foreign = (await accounts()).at(-1)?.id ?? "";
  const mine = await signedIn(stack());
  await connect(stack(), mine, { userId: jonas });
  const own = (await accounts()).at(-2)?.id ?? "";
  await mine.open("/dashboard/account");
  const question = (await mine.press("Unlink")).url;
  const answers = [];
  for (const id of [foreign, randomUUID(), own, "%00", "' OR 1=1 --", "a".repeat(10_000), ""]) {
    const { status, headers } = await mine.send("POST", question, { body: formFor(mine, id) });
    answers.push([status, headers.location]);
  }
  expect(new Set(answers.map((answer) => answer.join()))).toEqual(new Set(["303,/dashboard/account"]));
  const pages = [];
  for (const id of [foreign, randomUUID(), "%00", "x"]) {
    const { status } = await newBrowserOf(mine).open(`/dashboard/account/unlink/${id}`);
    pages.push(status);
  }
  expect(pages).toEqual([404, 404, 404, 404]);
  expect((await newBrowserOf(mine).open(`/dashboard/account/unlink/${own}`)).url.pathname).toBe(
    "/dashboard/account",
  );
  expect(await accounts()).toHaveLength(4);
  expect(await living()).toBe(4);
});

/** One more tab: with the same cookies, so that the first one keeps its page. */
function newBrowserOf(browser: HttpBrowser): HttpBrowser {
  const tab = newBrowser(stack());
  for (const [name, value] of browser.cookies) tab.cookies.set(name, value);
  return tab;
}

test("E1 a thief who linked a Webflow user of their own is out when it is unlinked, whatever they have under way at another instance", async () => {
  const other = await stack().startInstance();
  const { control } = stack().emulator;
  const { owner, question } = await asked();
  const thief = newBrowserOf(owner);
  thief.instance = other;
  // Signed in by the Webflow user that they linked, in a browser of their own.
  const own = newBrowser(stack());
  own.instance = other;
  await connect(stack(), own, { userId: jonas });
  // And on the way back once more, in both.
  const underWay = [];
  for (const browser of [own, newBrowser(stack())])
    underWay.push({
      browser,
      callback: await control.authorize(await startConnecting(browser), { userId: jonas }),
    });
  await control.clearRequests();
  await control.addFault({ endpoint: "introspect", kind: "delay", ms: 1_000, times: 2 });
  const opened = underWay.map(({ browser, callback }) => browser.open(callback));
  await until(
    async () => (await control.requests()).filter(({ endpoint }) => endpoint === "introspect").length >= 2,
    "both callbacks",
  );
  const [victim] = await accounts();
  const answer = await owner.send("POST", question, { body: owner.formData("Unlink") });
  expect(answer.headers.location).toBe("/dashboard/account");
  const [signedInBefore, stranger] = await Promise.all(opened);
  // By then its session has ended, or the Webflow user is already the stranger's.
  expect(signedInBefore?.url.search).toMatch(/^\?error=(session_changed|account_of_another_user)$/);
  // By itself it is one more person, who has nothing to do with the owner.
  expect(stranger?.url.pathname).toBe("/dashboard");
  const found = await accounts();
  expect(found.find(({ webflowUserId }) => webflowUserId === jonas)?.userId).not.toBe(victim?.userId);
  expect(
    await stack().database.query(`SELECT FROM "Session" WHERE "userId" = $1`, [victim?.userId]),
  ).toHaveLength(1);
  expect((await owner.open("/dashboard")).url.pathname).toBe("/dashboard");
  // Of the tokens of that Webflow user one lives: the stranger's own.
  const { tokens } = await control.ledger();
  expect(tokens.filter(({ alive, userId }) => alive && userId === jonas)).toHaveLength(1);
  await other.stop();
});

/** Links both thieves' Webflow users, and answers the question before all but the owner's are unlinked. */
async function askedAboutAll(owner: HttpBrowser): Promise<{ question: URL; body: FormData }> {
  for (const userId of [jonas, ines]) await connect(stack(), owner, { userId });
  await owner.open("/dashboard/account");
  const { url, status, text } = await owner.press("Unlink all others");
  expect([url.pathname, status]).toEqual(["/dashboard/account/unlink", 200]);
  expect(text).toContain("Only Mira Okafor (mira@harbourandpine.example) , the Webflow account");
  return { question: url, body: owner.formData("Unlink all others") };
}

test("F1 unlinking all others needs a session, our own Origin, and whom the page showed", async () => {
  const stranger = await signedIn(stack(), { userId: "64b7f1a29c0d4e0011cd0004" });
  await connect(stack(), stranger, { userId: "64b7f1a29c0d4e0011cd0005" });
  const owner = await signedIn(stack());
  const { question, body } = await askedAboutAll(owner);
  for (const origin of ["https://evil.example", "null", "", undefined])
    await owner.send("POST", question, { body, headers: { origin } });
  await newBrowser(stack()).send("POST", question, { body });
  await stranger.send("POST", question, { body });
  for (const user of [randomUUID(), "%00", ""]) {
    const other = owner.formData("Unlink all others");
    other.set("user", user);
    await owner.send("POST", question, { body: other });
  }
  expect([(await accounts()).length, await living()]).toEqual([5, 5]);
  const { headers } = await owner.send("POST", question, { body });
  expect(headers.location).toBe("/dashboard/account");
  expect([(await accounts()).length, await living()]).toEqual([3, 3]);
  // Who has none to unlink is not asked.
  expect((await owner.open("/dashboard/account/unlink")).url.pathname).toBe("/dashboard/account");
});

test("E1 a thief whose Webflow users link each other again is out when all are unlinked, whatever they have under way at another instance", async () => {
  const other = await stack().startInstance();
  const { control } = stack().emulator;
  const owner = await signedIn(stack());
  const [victim] = await accounts();
  for (let round = 0; round < 6; round++) {
    const { question, body } = await askedAboutAll(owner);
    await owner.open("/dashboard/account");
    await owner.press("Unlink");
    await owner.press("Unlink");
    // By the Webflow user that is left they are back, and on the way to link the one that was unlinked.
    const thief = newBrowser(stack());
    thief.instance = other;
    await connect(stack(), thief, { userId: ines });
    const callback = await control.authorize(await startConnecting(thief), { userId: jonas });
    await control.clearRequests();
    const opened = thief.open(callback);
    // At once, or when the callback has come as far as Webflow's answers.
    const reached = ["token", "introspect"][(round % 3) - 1];
    if (reached)
      await until(
        async () => (await control.requests()).some(({ endpoint }) => endpoint === reached),
        reached,
      );
    await owner.send("POST", question, { body });
    await opened;
    expect(await accounts()).toEqual([victim]);
    expect(await stack().database.query(`SELECT FROM "Session"`)).toHaveLength(1);
    expect((await thief.open("/dashboard")).url.pathname).toBe("/sign-in");
    expect((await owner.open("/dashboard")).url.pathname).toBe("/dashboard");
  }
  await other.stop();
});

test("F2 what a page asked one person deletes the account of nobody who signed in since: they are shown whose it is first", async () => {
  const browser = await signedIn(stack());
  await browser.open("/dashboard/account");
  const question = await browser.press("Delete account");
  await browser.press("Sign out");
  await connect(stack(), browser, { userId: jonas });
  const answer = await browser.send("POST", question.url, {
    body: browser.formData("Delete account", question),
  });
  expect(answer.headers.location).toBe("/dashboard/account");
  expect(await accounts()).toHaveLength(2);
  expect(await living()).toBe(2);
  expect((await browser.open("/dashboard/account")).text).toContain("Jonas");
  await browser.press("Delete account");
  expect((await browser.press("Delete account")).url.pathname).toBe("/account-deleted");
  expect((await accounts()).map(({ webflowUserId }) => webflowUserId)).not.toContain(jonas);
});

test("F2 what a page offered one person signs nobody out who signed in since, anywhere", async () => {
  const elsewhere = await signedIn(stack(), { userId: jonas });
  const browser = await signedIn(stack());
  await signedIn(stack());
  const offered = await browser.open("/dashboard/account");
  await browser.press("Sign out");
  await connect(stack(), browser, { userId: jonas });
  await browser.send("POST", offered.url, { body: browser.formData("Sign out everywhere else", offered) });
  expect(await stack().database.count("Session")).toBe(3);
  expect((await elsewhere.open("/dashboard")).url.pathname).toBe("/dashboard");
  await browser.open("/dashboard/account");
  expect((await browser.press("Sign out everywhere else")).text).toContain("Only in this browser.");
  expect(await stack().database.count("Session")).toBe(2);
});

test.each([
  ["Delete account", "/dashboard/account/delete"],
  ["Unlink all others", "/dashboard/account/unlink"],
  ["Sign out everywhere else", "/dashboard/account"],
  ["Sign out there", "/dashboard/account"],
])("E1 %s does nothing for a session that is ended while it waits", async (button, path) => {
  const owner = await signedIn(stack());
  await connect(stack(), owner, { userId: jonas });
  const thief = await signedIn(stack());
  const { url } = await thief.open(path);
  const body = thief.formData(button);
  const [user] = await accounts();
  const lock = "SELECT pg_advisory_xact_lock(hashtextextended('user:' || $1, 0))";
  const underWay = await openTransaction(stack().database, lock, [user?.userId]);
  const asked = thief.send("POST", url, { body });
  await whenWaiting(stack().database, 1);
  // The youngest: the thief signed in last.
  await stack().database.query(
    `DELETE FROM "Session" WHERE "createdAt" = (SELECT max("createdAt") FROM "Session")`,
  );
  await underWay.commit();
  expect((await thief.open(`${(await asked).headers.location}`)).url.pathname).toBe("/sign-in");
  expect(await accounts()).toHaveLength(2);
  expect((await owner.open("/dashboard")).url.pathname).toBe("/dashboard");
});

test("E1 the download is none for a session that is ended while it is read", async () => {
  const browser = await signedIn(stack());
  const reading = await openTransaction(stack().database, `LOCK TABLE "Activity" IN ACCESS EXCLUSIVE MODE`);
  const asked = browser.send("GET", new URL("/dashboard/account/data", stack().app.origin));
  await whenWaiting(stack().database, 1);
  await stack().database.query(`DELETE FROM "Session"`);
  await reading.commit();
  const { status, headers } = await asked;
  expect([status, headers.location]).toEqual([302, new URL("/session-ended", stack().app.origin).href]);
  expect((await browser.open(`${headers.location}`)).url.pathname).toBe("/sign-in");
  expect(browser.cookies.has("authjs.session-token")).toBe(false);
});

describe("a long download", () => {
  /** One of which the beginning has been sent, and nothing more before `goOn`. */
  async function beginDownload() {
    const browser = await signedIn(stack());
    await stack().database.query(
      `UPDATE "Grant" SET "sites" = jsonb_build_array(jsonb_build_object('name', repeat('x', 1200000)))`,
    );
    await stack().database.query(`UPDATE "Session" SET "lastSeenAt" = now() - interval '6 minutes'`);
    const reading = await openTransaction(stack().database, `LOCK TABLE "Activity" IN ACCESS EXCLUSIVE MODE`);
    const asked = fetch(new URL("/dashboard/account/data", stack().app.origin), {
      headers: { cookie: browser.cookieHeader() },
    });
    await whenWaiting(stack().database, 1);
    const answer = await asked;
    expect(answer.status).toBe(200);
    return { browser, answer, goOn: () => reading.commit() };
  }

  test("E1 breaks off when the session is ended in the middle of it, and is no error of ours", async () => {
    const before = stack().app.logs().length;
    const { browser, answer, goOn } = await beginDownload();
    await stack().database.query(`DELETE FROM "Session"`);
    await goOn();
    await expect(answer.text()).rejects.toThrow();
    const said = () => stack().app.logs().slice(before);
    await until(() => said().includes('"event":"personal_data_broken_off"'), "the log tells of it");
    // Whatever else there was to say of it is said before the next answer.
    await browser.send("GET", new URL("/dashboard/account", stack().app.origin));
    expect(said()).not.toContain('"level":"error"');
  });

  test("is whole in a session that was not used for a while, and counts as a use of it", async () => {
    const { answer, goOn } = await beginDownload();
    await goOn();
    const { activity } = z.object({ activity: z.array(z.unknown()) }).parse(await answer.json());
    const told = await stack().database.query(`SELECT FROM "Activity"`);
    expect(activity).toHaveLength(told.length);
    expect(told).not.toEqual([]);
    const seen = `SELECT FROM "Session" WHERE "lastSeenAt" > now() - interval '1 minute'`;
    await until(async () => (await stack().database.query(seen)).length === 1, "its use is noted");
  });
});
