import { expect, test } from "vitest";
import type { HttpBrowser, Page } from "../support/browser";
import { formsOf } from "../support/html";
import { connect, newBrowser, openStack, signedIn, startConnecting } from "./stack";

const stack = openStack();
const mira = "64b7f1a29c0d4e0011cd0001";
const ines = "64b7f1a29c0d4e0011cd0003";
const news = "now signs in to the account of";

const buttonsOf = ({ html }: Page) => formsOf(html).flatMap(({ buttons }) => buttons);

/** Another person's consent at Webflow in this browser, begun where the Marketplace's Install button leads: answers the page at its end. */
async function install(browser: HttpBrowser): Promise<Page> {
  const { url } = await browser.open("/install");
  return browser.open(await stack().emulator.control.authorize(url.href, { userId: ines }));
}

test("E7 where somebody is signed in, the start and the page to sign in say as whom, and offer the dashboard and the way out, no Connect", async () => {
  for (const path of ["/", "/sign-in"]) {
    const browser = await signedIn(stack());
    const page = await browser.open(path);
    expect(page.text, path).toContain("You are signed in as Mira Okafor");
    expect(page.html, path).toMatch(/<bdi[^>]*>Mira Okafor<\/bdi>/);
    expect(page.html, path).toMatch(/<a href="\/dashboard"[^>]*>Open your dashboard<\/a>/);
    expect(buttonsOf(page), path).toEqual(["Sign out"]);
    const left = await browser.press("Sign out");
    expect(left.url.pathname, path).toBe("/");
    expect(buttonsOf(left), path).toEqual(["Connect Webflow"]);
    expect(left.text, path).not.toContain("Mira");
    // Who comes next is a person of their own.
    expect((await connect(stack(), browser, { userId: ines })).text, path).not.toContain("Mira");
    expect((await browser.open(path)).text, path).toContain("You are signed in as Inês Duarte");
  }
});

test("E7 whoever calls themselves like somebody else is told from them by their e-mail address", async () => {
  const called = (id: string, email: string) =>
    stack().emulator.control.addFault({
      endpoint: "authorized_by",
      kind: "json",
      body: { id, email, firstName: "Mira", lastName: "Okafor" },
    });
  await called(mira, "mira@first.example");
  const browser = await signedIn(stack());
  for (const path of ["/", "/sign-in"])
    expect((await browser.open(path)).text, path).toContain(
      "signed in as Mira Okafor (mira@first.example) .",
    );
  await called(ines, "mira@second.example");
  expect((await install(browser)).text).toContain(
    "Mira Okafor (mira@second.example) now signs in to the account of Mira Okafor (mira@first.example)",
  );
});

/** Ends of the isolation that a name is shown in; after each of them a sign that turns all that follows. */
test.each(["\u2069", "\u2029", "\u0085", "\u001c", "\u001d", "\u001e", "\n", ""])(
  "E7 no name and no e-mail turns the words about a join around, by %j",
  async (end) => {
    const browser = await signedIn(stack());
    const body = {
      id: ines,
      email: `eve${end}\u202e@evil.example`,
      firstName: `Eve${end}\u202e`,
      lastName: "Evil",
    };
    await stack().emulator.control.addFault({ endpoint: "authorized_by", kind: "json", body });
    const { text, html } = await install(browser);
    expect(text).toMatch(/Eve {1,2}Evil \(eve ?@evil.example\) now signs in to the account of Mira Okafor/);
    for (const sign of [end, "\u202e"].filter((one) => !["", "\n"].includes(one)))
      expect(html).not.toContain(sign);
  },
);

test("E7 no link tells somebody who is signed in that their account is deleted", async () => {
  const browser = await signedIn(stack());
  expect((await browser.open("/account-deleted")).url.pathname).toBe("/dashboard/account");
  await browser.press("Sign out");
  expect((await browser.open("/account-deleted")).text).toContain("Your account is deleted");
});

test("E7 nobody is signed in by no cookie, an odd one, or a session that is over: then Connect is offered, and nobody named", async () => {
  const browser = await signedIn(stack());
  await stack().database.query(`UPDATE "Session" SET "expires" = now()`);
  const odd = newBrowser(stack());
  odd.cookies.set("authjs.session-token", "x".repeat(43));
  for (const [name, nobody] of Object.entries({ over: browser, odd, none: newBrowser(stack()) })) {
    for (const path of ["/", "/sign-in"]) {
      const page = await nobody.open(path);
      expect([page.status, buttonsOf(page)], `${name} ${path}`).toEqual([200, ["Connect Webflow"]]);
      expect(page.text, `${name} ${path}`).not.toMatch(/Mira|signed in as/);
    }
  }
});

test("E7 a Webflow user that joins whoever is signed in ends at their account, which says so and how to undo it", async () => {
  const browser = await signedIn(stack());
  const page = await install(browser);
  expect(page.url.pathname).toBe("/dashboard/account");
  const [joined, owner] = [
    "Inês Duarte (hello@duartebooks.example)",
    "Mira Okafor (mira@harbourandpine.example)",
  ];
  expect(page.text).toContain(`${joined} now signs in to the account of ${owner} , and each`);
  expect(page.text).toContain(`unlink ${joined} below`);
  // Once more is nothing new.
  expect((await install(browser)).url.pathname).toBe("/dashboard");
  await browser.open("/dashboard/account");
  await browser.press("Unlink");
  const undone = await browser.press("Unlink");
  expect(undone.text).not.toContain("Inês");
  expect((await browser.press("Sign out")).text).not.toContain("Mira");
  expect((await connect(stack(), browser, { userId: ines })).url.pathname).toBe("/dashboard");
});

test("E7 wherever the person meant to return to, a button of a page from before the sign-in included", async () => {
  const browser = newBrowser(stack());
  const old = await browser.open("/sign-in");
  await connect(stack(), browser);
  browser.page = old;
  const { url } = await browser.press("Connect Webflow");
  browser.cookies.set("authjs.callback-url", encodeURIComponent(`${stack().app.origin}/privacy`));
  const page = await browser.open(await stack().emulator.control.authorize(url.href, { userId: ines }));
  expect([page.url.pathname, page.url.search]).toEqual(["/dashboard/account", ""]);
  expect(page.text).toContain(news);
});

test("E7 that somebody joined is told from what is stored, while it is news, and by no address", async () => {
  const browser = await signedIn(stack());
  for (const query of ["", "?joined=true", "?error=joined&name=Mallory"]) {
    const { text } = await browser.open(`/dashboard/account${query}`);
    expect(text, query).not.toContain(news);
    expect(text, query).not.toContain("Mallory");
  }
  await browser.open(
    await stack().emulator.control.authorize(await startConnecting(browser), { userId: ines }),
  );
  expect((await browser.open("/dashboard/account")).text).toContain(news);
  await stack().database.query(`UPDATE "Account" SET "createdAt" = "createdAt" - interval '5 minutes'`);
  expect((await browser.open("/dashboard/account")).text).not.toContain(news);
});
