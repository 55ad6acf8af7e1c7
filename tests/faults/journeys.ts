import { expect } from "vitest";
import type { ConnectionStatus } from "@/app/dashboard/connection-status";
import type { ConsentChoice, RequestEntry } from "../emulator/client";
import { users } from "../emulator/domain/people";
import { type HttpBrowser, type Page, pressConnect } from "../support/browser";
import { until } from "../support/until";
import { connectionsOn } from "./connection-list";
import { readFacts } from "./facts";
import type { World } from "./world";

/** The Webflow user id of one of the local Webflow's people. */
export function idOf(firstName: "Mira" | "Jonas" | "Inês" | "Tomás" | "Priya"): string {
  const user = users.find((one) => one.firstName === firstName);
  if (!user) throw new Error(`There is no ${firstName}`);
  return user.id;
}

/** Presses Connect and stops at Webflow's consent page. Answers its URL. */
export async function startConnecting(browser: HttpBrowser): Promise<string> {
  return (await pressConnect(browser)).url.href;
}

/** Says yes at Webflow and answers the callback URL, which nobody has opened yet. */
export async function consent(world: World, browser: HttpBrowser, choice?: ConsentChoice): Promise<string> {
  return world.emulator.control.authorize(await startConnecting(browser), choice);
}

/** Connects, granting what the choice says, and answers the page at which that ends. */
export async function connect(world: World, browser: HttpBrowser, choice?: ConsentChoice): Promise<Page> {
  return browser.open(await consent(world, browser, choice));
}

/** A person with one connection, on their dashboard. */
export async function connected(world: World, choice?: ConsentChoice): Promise<HttpBrowser> {
  const browser = world.browser();
  const page = await connect(world, browser, choice);
  expect(page.url.pathname).toBe("/dashboard");
  return browser;
}

/** Presses Disconnect, and Disconnect again where it asks, as without JavaScript. Answers the page at which that ends. */
export async function disconnect(browser: HttpBrowser): Promise<Page> {
  await browser.press("Disconnect");
  return browser.press("Disconnect");
}

/** Deletes the account, as without JavaScript. Answers the page at which that ends. */
export async function deleteAccount(browser: HttpBrowser): Promise<Page> {
  await browser.open("/dashboard/account");
  await browser.press("Delete account");
  return browser.press("Delete account");
}

/** How the page that the browser shows calls each connection. */
export function shown(browser: HttpBrowser): ConnectionStatus[] {
  return connectionsOn(browser.page?.html ?? "").map(({ status }) => status);
}

/** Looks at the dashboard again and again until its connections are called this. */
export async function untilShown(browser: HttpBrowser, ...statuses: ConnectionStatus[]): Promise<void> {
  await until(async () => {
    await browser.open("/dashboard");
    return shown(browser).join() === statuses.join();
  }, `a dashboard that says ${statuses.join()}`);
}

/** The requests that Webflow got at one endpoint. */
export async function callsOf(world: World, endpoint: RequestEntry["endpoint"]): Promise<RequestEntry[]> {
  return (await world.emulator.control.requests()).filter((request) => request.endpoint === endpoint);
}

/** Waits until Webflow has got so many requests at an endpoint. */
export async function untilCalled(
  world: World,
  endpoint: RequestEntry["endpoint"],
  count = 1,
): Promise<void> {
  await until(
    async () => (await callsOf(world, endpoint)).length >= count,
    `request ${count} to ${endpoint}`,
  );
}

/** The states of all Grants, oldest first. */
export async function states(world: World): Promise<string[]> {
  return (await readFacts(world)).grants.map(({ state }) => state);
}

/** Whether each token that Webflow ever issued lives, oldest first. */
export async function alive(world: World): Promise<boolean[]> {
  return (await readFacts(world)).tokens.map((token) => token.alive);
}

/** A page that says in words why connecting failed, and offers to try again. */
export function expectWords(page: Page, error: string): void {
  expect(page.url.pathname + page.url.search).toBe(`/auth/error?error=${error}`);
  expect(page.text).toContain("Try again");
}

/** Makes PostgreSQL do this at each write of a kind, for as long as `work` takes. */
export async function withTrigger<Result>(
  world: World,
  { at, does }: { at: string; does: string },
  work: () => Promise<Result>,
): Promise<Result> {
  await world.database.query(
    `CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does}; RETURN NEW; END $$`,
  );
  const kind = at.startsWith("AFTER") ? "CONSTRAINT TRIGGER" : "TRIGGER";
  const late = at.startsWith("AFTER") ? "DEFERRABLE INITIALLY DEFERRED" : "";
  await world.database.query(`CREATE ${kind} trouble ${at} ${late} FOR EACH ROW EXECUTE FUNCTION trouble()`);
  try {
    return await work();
  } finally {
    await world.database.query(`DROP FUNCTION trouble CASCADE`);
  }
}
