import { afterAll, afterEach, beforeAll } from "vitest";
import type { ConsentChoice } from "../emulator/client";
import { HttpBrowser, type Page, pressConnect } from "../support/browser";
import { type Stack, type StackOptions, startStack } from "../support/stack";

/** The header that stands for what a platform would set. */
export const addressHeader = "x-test-address";

/** Starts a stack for one test file; each test finds an empty database and a fresh local Webflow. */
export function openStack(options: StackOptions = {}): () => Stack {
  let stack: (Stack & { stop(): Promise<void> }) | undefined;
  beforeAll(async () => {
    stack = await startStack(options);
  });
  afterEach(async () => {
    await stack?.database.query(
      `TRUNCATE "User", "Grant", "AuthorizationRequest", "RateLimit", "RecentRevocation" RESTART IDENTITY CASCADE`,
    );
    await stack?.emulator.control.reset();
  });
  afterAll(() => stack?.stop());
  return () => {
    if (!stack) throw new Error("The stack is there only while its tests run.");
    return stack;
  };
}

/** A browser without cookies and without JavaScript. */
export function newBrowser({ app }: Stack): HttpBrowser {
  return new HttpBrowser({ origin: app.origin, instance: app });
}

/** Presses Connect and stops at Webflow's consent page. Answers its URL. */
export async function startConnecting(browser: HttpBrowser): Promise<string> {
  return (await pressConnect(browser)).url.href;
}

/** Connects, granting what the choice says, and answers the page at which that ends. */
export async function connect(stack: Stack, browser: HttpBrowser, choice?: ConsentChoice): Promise<Page> {
  return browser.open(await stack.emulator.control.authorize(await startConnecting(browser), choice));
}

/** A browser that is signed in, with one connection. */
export async function signedIn(stack: Stack, choice?: ConsentChoice): Promise<HttpBrowser> {
  const browser = newBrowser(stack);
  const page = await connect(stack, browser, choice);
  if (page.url.pathname !== "/dashboard") throw new Error(`Not signed in: ${page.url.href}`);
  return browser;
}

/** How many code exchanges Webflow saw. */
export async function exchanges({ emulator }: Stack): Promise<number> {
  return (await emulator.control.requests()).filter(({ endpoint }) => endpoint === "token").length;
}

/** What the app logged as an error while this ran. */
export async function errorsOf(stack: Stack, work: () => Promise<void>): Promise<string[]> {
  const before = stack.app.logs().length;
  await work();
  // A line of its own, written by a request after those of this work.
  await newBrowser(stack).open("/api/auth/callback/webflow?error=access_denied");
  const lines = stack.app.logs().slice(before).split("\n");
  return lines.filter((line) => line.includes('"level":"error"'));
}

/** A URL of the app. */
export const urlOf = ({ app }: Stack, path: string): URL => new URL(path, app.origin);
