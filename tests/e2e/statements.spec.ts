import { createHash } from "node:crypto";
import { expect, test } from "@playwright/test";
import { HttpBrowser, pressConnect } from "../support/browser";
import { populate, sessionTokenOf } from "../support/population";
import { type SqlTap, startSqlTap } from "../support/sql-tap";
import { type Stack, startStack } from "../support/stack";
import { people } from "./journeys";

/** Tables that grow with people and time: nothing may read one from end to end. */
const growing = ["User", "Account", "Session", "Grant", "Activity", "AuthorizationRequest"];

let tap: SqlTap;
let stack: Stack & { stop(): Promise<void> };

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  tap = await startSqlTap(process.env.TEST_POSTGRES_URL ?? "");
  stack = await startStack({ databaseAt: new URL(tap.url).host });
  await populate(stack.database.query, { users: 20_000, grantsPerUser: 2, activityPerUser: 5 });
});

test.afterAll(async () => {
  await stack?.stop();
  await tap?.stop();
});

const browser = () => new HttpBrowser({ origin: stack.app.origin, instance: stack.app });

const beginningOfConnection =
  "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET default_transaction_isolation = 'read committed'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'";

/** Everything that was said to PostgreSQL during `work`, but for what each new connection begins with. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  tap.clear();
  await work();
  return tap.statements().filter((sql) => sql !== beginningOfConnection);
}

async function signIn(person: HttpBrowser, userId: string): Promise<void> {
  const { url } = await pressConnect(person);
  // Not followed to the dashboard, whose one statement is counted elsewhere.
  const { status } = await person.send(
    "GET",
    new URL(await stack.emulator.control.authorize(url.href, { userId })),
  );
  expect(status).toBe(302);
}

test("a sign-in with its Grant, its events and everything costs 9 statements", async () => {
  await signIn(browser(), people.mira); // compares the keys with the database, once a process
  const statements = await statementsOf(() => signIn(browser(), people.jonas));
  expect(statements.filter((sql) => /"Grant"/.test(sql)).length).toBeGreaterThan(0);
  expect(statements, statements.join("\n")).toHaveLength(9);
});

test("the start and the page to sign in cost nobody a statement, and somebody who is signed in one", async () => {
  const person = browser();
  const look = async (who: HttpBrowser) => {
    for (const path of ["/", "/sign-in"]) expect(await who.open(path)).toMatchObject({ status: 200 });
  };
  expect(await statementsOf(() => look(person))).toEqual([]);
  await signIn(person, people.mira);
  const statements = await statementsOf(() => look(person));
  expect(statements, statements.join("\n")).toHaveLength(2);
});

test("a session that is over costs one statement more, once, on the way to the page to sign in", async () => {
  const person = browser();
  person.cookies.set("authjs.session-token", "one-that-is-over");
  for (const count of [2, 0]) {
    const statements = await statementsOf(() => person.open("/dashboard"));
    expect(person.page?.url.pathname).toBe("/sign-in");
    expect(statements, statements.join("\n")).toHaveLength(count);
  }
});

test("a view of the dashboard costs one statement, and nothing after the response", async () => {
  const person = browser();
  await signIn(person, people.ines);
  // What one view left to do would be done, and seen, during the next ones.
  const views = 5;
  const statements = await statementsOf(async () => {
    for (let view = 0; view < views; view++)
      expect(await person.open("/dashboard")).toMatchObject({ status: 200 });
  });
  expect(statements, statements.join("\n")).toHaveLength(views);
});

test("a view goes through what is on its way out once, to see whether any of it is due, and for nothing else", async () => {
  const person = browser();
  await signIn(person, people.ines);
  const [view, ...more] = await statementsOf(() => person.open("/dashboard"));
  expect(more).toEqual([]);
  const indexes = indexesOf(await explain(view ?? ""));
  expect(indexes).toContain("Grant_underway_idx");
  expect(indexes.filter((name) => name === "Grant_due_idx")).toHaveLength(1);
  expect(indexes).not.toContain("Grant_replacedById_idx");
});

test("a view by somebody with very many connections reads each of them a few times, and not each for each", async () => {
  const person = browser();
  person.cookies.set("authjs.session-token", sessionTokenOf(3));
  const [view = "", ...more] = await statementsOf(() => person.open("/dashboard"));
  expect(more).toEqual([]);
  const each = 400;
  await stack.database.query(
    `INSERT INTO "Grant" ("id", "userId", "webflowUserId", "state", "sealedToken", "fingerprint", "activatedAt", "checkedAt", "endedAt", "revokingAt", "nextAttemptAt")
     SELECT gen_random_uuid(), s."userId", 'webflow-user-3', state, CASE WHEN state IN ('ACTIVE', 'REVOKING') THEN 'x' END, state || ' ' || n, now(), now(),
       CASE WHEN state IN ('REVOKED', 'LOST') THEN now() - make_interval(days => n % 2 * 9) END, now(), now() + interval '1 hour'
     FROM "Session" s, generate_series(1, $2::int) n, unnest('{ACTIVE,REVOKED,LOST,REVOKING}'::"GrantState"[]) state WHERE s."tokenHash" = $1`,
    [hashOf(sessionTokenOf(3)), each],
  );
  const read = await rowsRead(view, hashOf(sessionTokenOf(3)));
  expect(read).toBeGreaterThan(4 * each);
  expect(read).toBeLessThan(40 * each);
});

test("what nobody claimed is looked for among nothing else, however much is on its way out", async () => {
  const headers = { authorization: `Bearer ${stack.cronSecret}` };
  const statements = await statementsOf(() => fetch(`${stack.app.origin}/api/cron/sweep`, { headers }));
  const [unclaimed = ""] = statements.filter((sql) => sql.includes("unclaimed AS"));
  await stack.database.query(`
    INSERT INTO "Grant" ("id", "state", "sealedToken", "fingerprint", "nextAttemptAt")
    SELECT gen_random_uuid(), 'REVOKING', 'x', 'waiting ' || n, now() + interval '1 hour' FROM generate_series(1, 5000) n`);
  const indexes = indexesOf(await explain(unclaimed));
  await stack.database.query(`DELETE FROM "Grant" WHERE "fingerprint" LIKE 'waiting %'`);
  expect(indexes).toContain("Grant_unclaimed_idx");
  expect(indexes).not.toContain("Grant_due_idx");
});

test("no statement of a request, and none of a sweep, reads a table that grows from end to end", async () => {
  const person = browser();
  const said = await statementsOf(async () => {
    await signIn(person, people.tomas);
    await signIn(person, people.tomas); // replaces the first Grant: revokes it, and checks the new one
    await person.open("/");
    await person.open("/dashboard/activity");
    await person.open("/dashboard/account");
    await person.open("/dashboard");
    await person.press("Check now");
    await person.open("/dashboard");
    await person.press("Disconnect");
    await person.press("Disconnect");
    await person.press("Sign out");
    person.cookies.set("authjs.session-token", "one-that-is-over");
    await person.open("/dashboard");
    const known = browser();
    known.cookies.set("authjs.session-token", sessionTokenOf(1));
    await known.open("/dashboard");
    expect(known.page?.text).toContain("Person 1");
    const headers = { authorization: `Bearer ${stack.cronSecret}` };
    const sweep = await fetch(`${stack.app.origin}/api/cron/sweep`, { headers });
    expect(sweep.status).toBe(200);
    expect((await fetch(`${stack.app.origin}/api/ready`)).status).toBe(200);
  });
  const statements = [...new Set(said)].filter((sql) => !/^(BEGIN|COMMIT|ROLLBACK)/.test(sql));
  expect(statements.length).toBeGreaterThan(20);
  for (const statement of statements) {
    const plan = await explain(statement);
    expect(endToEnd(plan), `${statement}\n\n${JSON.stringify(plan, null, 1)}`).toEqual([]);
  }
});

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Index Cond"?: string;
  "Total Cost": number;
  Plans?: Plan[];
}

/** How PostgreSQL would run a statement whose values it does not know yet (EXPLAIN GENERIC_PLAN). */
async function explain(statement: string): Promise<Plan> {
  const [row] = await stack.database.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
    `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${statement}`,
  );
  if (!row) throw new Error("EXPLAIN answers nothing");
  return row["QUERY PLAN"][0].Plan;
}

/** The parts of a plan that read all of a growing table: by a sequential scan, or along an index with no place to begin. */
function endToEnd(plan: Plan, limited = false): string[] {
  const { "Node Type": type, "Relation Name": table = "", "Index Cond": condition, Plans = [] } = plan;
  const below = limited || type === "Limit";
  const own =
    growing.includes(table) &&
    (type === "Seq Scan" || (/^Index/.test(type) && condition === undefined && !below && !isPartial(plan)));
  return [...(own ? [`${type} of ${table}`] : []), ...Plans.flatMap((part) => endToEnd(part, below))];
}

interface Run extends Plan {
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Run[];
}

/** How many rows PostgreSQL looks at to run this statement, each as often as it does. */
async function rowsRead(statement: string, value: string): Promise<number> {
  const [row] = await stack.database.query<{ "QUERY PLAN": [{ Plan: Run }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${statement.replaceAll("$1", `'${value}'`)}`,
  );
  const count = (run: Run): number =>
    (run["Actual Rows"] + (run["Rows Removed by Filter"] ?? 0)) * run["Actual Loops"] +
    (run.Plans ?? []).reduce((sum, part) => sum + count(part), 0);
  return row ? count(row["QUERY PLAN"][0].Plan) : Number.NaN;
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

function indexesOf({ "Index Name": name, Plans = [] }: Plan): string[] {
  return [...(name ? [name] : []), ...Plans.flatMap(indexesOf)];
}

/** An index that holds only what is looked for may be read whole. */
function isPartial({ "Index Name": name = "" }: Plan): boolean {
  return ["Grant_due_idx", "Grant_unbelieved_idx", "Grant_ended_idx"].includes(name);
}
