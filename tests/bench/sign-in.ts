import { sitesOf, users } from "../emulator/domain/people";
import { medianRatio } from "./load";
import { measureCpu, type Target } from "./measure";
import type { Row } from "./report";
import type { World } from "./world";

/**
 * Five people with all their sites. Of the two who share an e-mail only one: the stock app lets nobody in whose e-mail it knows of
 * somebody else.
 */
const people = users
  .filter(({ email }, index) => users.findIndex((other) => other.email === email) === index)
  .map((user) => ({ userId: user.id, siteIds: sitesOf(user).map(({ id }) => id) }))
  // Who has no site grants the workspace, as the consent page has it.
  .map(({ userId, siteIds }) => (siteIds.length > 0 ? { userId, siteIds } : { userId }));

/** A whole sign-in, from the first click to the dashboard: statements and CPU time, beside the stock app's. */
export async function benchSignIn(
  worlds: { app: World; stock: World },
  effort: { warmUp: number; rounds: number; times: number },
): Promise<{ rows: Row[]; details: object }> {
  const statements = { app: await count(worlds.app), stock: await count(worlds.stock) };
  const targets = (["app", "stock"] as const).map((name): Target => {
    const { server, signIn, startAfresh } = worlds[name];
    // Five at once, as views are measured four at once: a server at work, and not one that wakes up for each request. New people each
    // time: a repeated sign-in has an old token to revoke, which the stock app forgets about.
    const run = async (times: number) => {
      for (let done = 0; done < times; done += people.length) {
        await startAfresh();
        await Promise.all(people.slice(0, times - done).map((person) => signIn(server, person)));
      }
    };
    return { name, server, run };
  });
  const [app, stock] = await measureCpu(targets, effort);
  if (!app || !stock) throw new Error("nothing was measured");
  return {
    rows: [
      {
        what: "first sign-in, SQL statements (dashboard included; stock: 6 and 3)",
        app: `${statements.app}`,
        comparedWith: `stock, ${statements.stock}`,
        ratio: statements.app / statements.stock,
        goal: null,
      },
      {
        what: "first sign-in, CPU of the server",
        app: `${app.cpu.toFixed(1)} ms`,
        comparedWith: `stock, ${stock.cpu.toFixed(1)} ms`,
        ratio: medianRatio(app.rounds, stock.rounds),
        goal: 1,
      },
    ],
    details: { statements, app, stock },
  };
}

function count({ countStatements, signIn, startAfresh }: World): Promise<number> {
  return countStatements(async (instance) => {
    await startAfresh();
    await signIn(instance);
  });
}
