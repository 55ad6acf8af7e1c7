import { describeScope } from "../../lib/webflow/scopes";
import { sites } from "../emulator/domain/people";
import type { HttpBrowser } from "../support/browser";
import { pages } from "../support/pages";
import { readable, scriptBytes } from "./bytes";
import { medianRatio } from "./load";
import { type Cost, measureCpu, viewsOf } from "./measure";
import type { Row } from "./report";
import type { Server } from "./servers";
import { people } from "./sign-in";
import { everything, type World } from "./world";

export interface ViewWorlds {
  app: World;
  stock: World;
  empty: Server;
  bare: Server;
}

/** One view of the dashboard: CPU time, statements and bytes, beside an empty page, the stock app and no framework at all. */
export async function benchView(
  { app, stock, empty, bare }: ViewWorlds,
  effort: { warmUp: number; rounds: number; times: number },
): Promise<{ rows: Row[]; details: object }> {
  const [me, other] = [await app.signIn(), await stock.signIn()];
  const looks = { app: await look(app, me), stock: await look(stock, other) };
  assertSameWords(looks.app.html, looks.stock.html);
  const costs = await measureCpu(
    [
      viewsOf("bare", bare, "/"),
      viewsOf("empty", empty, "/"),
      // By the same browser: what it sends along is no cost of the page that it asks for.
      viewsOf("framed", app.server, "/empty", [me.cookieHeader()]),
      viewsOf("app", app.server, "/dashboard", [me.cookieHeader()]),
      viewsOf("stock", stock.server, "/dashboard", [other.cookieHeader()]),
    ],
    effort,
  );
  const costOf = (name: string) =>
    costs.find((cost) => cost.name === name) ?? { cpu: Number.NaN, rounds: [] };
  const own = costOf("app");
  const against = (name: string, words: string, goal: number | null): Row => ({
    what: "dashboard view, CPU of the server",
    app: `${own.cpu.toFixed(2)} ms`,
    comparedWith: `${words}, ${costOf(name).cpu.toFixed(2)} ms`,
    ratio: medianRatio(own.rounds, costOf(name).rounds),
    goal,
  });
  const scripts = await weighScripts(app);
  const { path, bytes } = heaviest(scripts);
  const emptyScripts = scripts["/empty"] ?? Number.NaN;
  return {
    rows: [
      against("framed", "empty page of the same build", 1.25),
      against("stock", "stock NextAuth + Prisma", 0.7),
      against("empty", "empty page of a bare Next app", null),
      against("bare", "node:http + pg, no framework", null),
      {
        what: "dashboard view, SQL statements",
        app: `${looks.app.statements}`,
        comparedWith: `stock, ${looks.stock.statements}`,
        ratio: looks.app.statements / looks.stock.statements,
        goal: null,
      },
      {
        what: "dashboard, HTML",
        app: kilobytes(looks.app.html.length),
        comparedWith: `stock, ${kilobytes(looks.stock.html.length)}`,
        ratio: looks.app.html.length / looks.stock.html.length,
        goal: 0.6,
      },
      {
        what: `client JavaScript of the page with the most (${path}), gzip`,
        app: kilobytes(bytes),
        comparedWith: `empty page of the same build, ${kilobytes(emptyScripts)} (goal: 3 kB more)`,
        ratio: bytes / emptyScripts,
        goal: (emptyScripts + 3_000) / emptyScripts,
      },
    ],
    details: { costs: costs satisfies Cost[], scripts },
  };
}

async function look({ countStatements, server }: World, person: HttpBrowser) {
  const statements = await countStatements((instance) => {
    person.instance = instance;
    return person.open("/dashboard");
  });
  person.instance = server;
  const { html } = await person.open("/dashboard");
  return { html, statements };
}

/** What each page of the app loads by itself, in bytes of JavaScript, compressed. */
async function weighScripts(app: World): Promise<Record<string, number>> {
  const [person, stranger] = [await withEveryPage(app), await app.arrive()];
  const [ids] = await app.database.query<Record<string, string>>(`
    SELECT g."id" AS "/dashboard/disconnect/[id]", a."id" AS "/dashboard/account/unlink/[id]"
    FROM "Grant" g JOIN "Account" a ON a."userId" = g."userId" AND a."providerAccountId" = g."webflowUserId"
    WHERE g."state" = 'ACTIVE' ORDER BY g."activatedAt" DESC LIMIT 1`);
  const weights: Record<string, number> = {};
  for (const route of [...pages, "/empty"]) {
    const path = route.replace("[id]", ids?.[route] ?? "[id]");
    // One page is for those who are not signed in any more.
    const browser = route === "/account-deleted" ? stranger : person;
    const { url, html } = await browser.open(path);
    if (url.pathname !== path) throw new Error(`${path} is not shown, but ${url.pathname}`);
    weights[route] = scriptBytes("app", html);
  }
  return weights;
}

/** Somebody whom no page sends elsewhere: with two Webflow users, one of whom can be unlinked. */
async function withEveryPage(app: World): Promise<HttpBrowser> {
  const [, first, second] = people;
  const person = await app.arrive();
  await app.connect(person, first);
  const { url } = await person.press("Connect another workspace");
  await person.open(await app.emulator.control.authorize(url.href, second));
  return person;
}

function heaviest(weights: Record<string, number>): { path: string; bytes: number } {
  const [first] = Object.entries(weights).sort(([, one], [, other]) => other - one);
  if (!first) throw new Error("an app without pages");
  return { path: first[0], bytes: first[1] };
}

/** The comparison is worth something only while both pages tell a person the same. */
function assertSameWords(app: string, stock: string): void {
  const words = [
    ...everything.scopes.flatMap((id) => [id, describeScope(id).title, describeScope(id).sentence]),
    ...sites.slice(0, 5).map(({ displayName }) => displayName.replace("&", "&amp;")),
    "Disconnect",
    "Reconnect",
    "Check now",
    "Sign out",
    "Last checked",
  ];
  for (const [name, html] of [
    ["app", app],
    ["stock", stock],
  ] as const) {
    const text = readable(html);
    const lacking = words.filter((word) => !text.includes(word));
    if (lacking.length > 0) throw new Error(`The dashboard of ${name} does not say: ${lacking.join(", ")}`);
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
