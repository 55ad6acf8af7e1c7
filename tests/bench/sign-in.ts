import { sitesOf, users } from "../emulator/domain/people";
import type { HttpBrowser } from "../support/browser";
import { medianRatio } from "./load";
import { measureCpu, type Target } from "./measure";
import type { Row } from "./report";
import type { World } from "./world";

/**
 * Five people with all their sites. Of the two who share an e-mail only one: the stock app lets nobody in whose e-mail it knows of
 * somebody else.
 */
export const people = users
  .filter(({ email }, index) => users.findIndex((other) => other.email === email) === index)
  .map((user) => ({ userId: user.id, siteIds: sitesOf(user).map(({ id }) => id) }))
  // Who has no site grants the workspace, as the consent page has it.
  .map(({ userId, siteIds }) => (siteIds.length > 0 ? { userId, siteIds } : { userId }));

/**
 * A whole sign-in, from the click to the dashboard: statements and CPU time, beside the stock app's. The page with the button is
 * measured by itself: it is a page like others, which most people who sign in have open.
 */
export async function benchSignIn(
  worlds: { app: World; stock: World },
  effort: { warmUp: number; rounds: number },
): Promise<{ rows: Row[]; details: object }> {
  const statements = { app: await count(worlds.app), stock: await count(worlds.stock) };
  const targets = (["app", "stock"] as const).flatMap((name) => [
    startPageOf(name, worlds[name]),
    signInOf(name, worlds[name]),
  ]);
  const costs = await measureCpu(targets, { ...effort, times: people.length });
  const cpuRow = (what: string, kind: "start page" | "sign-in", goal: number | null): Row => {
    const [app, stock] = (["app", "stock"] as const).map((name) =>
      costs.find((cost) => cost.name === `${kind} of ${name}`),
    );
    if (!app || !stock) throw new Error(`nothing was measured of the ${kind}`);
    return {
      what,
      app: `${app.cpu.toFixed(1)} ms`,
      comparedWith: `stock, ${stock.cpu.toFixed(1)} ms`,
      ratio: medianRatio(app.rounds, stock.rounds),
      goal,
    };
  };
  return {
    rows: [
      {
        what: "first sign-in, SQL statements (dashboard included; stock: 6 and 3)",
        app: `${statements.app}`,
        comparedWith: `stock, ${statements.stock}`,
        ratio: statements.app / statements.stock,
        goal: null,
      },
      cpuRow("first sign-in, from the click to the dashboard, CPU of the server", "sign-in", 1),
      cpuRow("start page, at a browser's first visit, CPU of the server", "start page", null),
    ],
    details: { statements, costs },
  };
}

function startPageOf(name: string, { server, arrive }: World): Target {
  const run = (times: number) => Promise.all(Array.from({ length: times }, () => arrive()));
  return { name: `start page of ${name}`, server, run };
}

/**
 * Five at once, as views are measured four at once: a server at work, and not one that wakes up for each request. New people each time: a
 * repeated sign-in has an old token to revoke, which the stock app forgets about.
 */
function signInOf(name: string, { server, arrive, connect, startAfresh }: World): Target {
  let browsers: HttpBrowser[] = [];
  const prepare = async (times: number) => {
    await startAfresh();
    browsers = await Promise.all(people.slice(0, times).map(() => arrive()));
  };
  const run = () => Promise.all(browsers.map((browser, index) => connect(browser, people[index])));
  return { name: `sign-in of ${name}`, server, prepare, run };
}

function count({ countStatements, signIn, startAfresh }: World): Promise<number> {
  return countStatements(async (instance) => {
    await startAfresh();
    await signIn(instance);
  });
}
