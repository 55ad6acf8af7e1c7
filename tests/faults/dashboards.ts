import { createHash, randomBytes } from "node:crypto";
import { until } from "../support/until";
import { connectionsOn } from "./connection-list";
import { readFacts, tokenOf } from "./facts";
import type { World } from "./world";

/**
 * Everybody looks at their dashboard, which asks Webflow, and looks again: now it must be true. Answers where it is not: a
 * connection that is dead at Webflow, or one that lives and is not shown.
 */
export async function wrongDashboards(world: World): Promise<string[]> {
  await world.database.query(`UPDATE "Grant" SET "checkedAt" = NULL WHERE "state" = 'ACTIVE'`);
  const users = await world.database.query<{ id: string }>(`SELECT "id" FROM "User"`);
  return (await Promise.all(users.map(({ id }) => wrongCards(world, id)))).flat();
}

async function wrongCards(world: World, userId: string): Promise<string[]> {
  const browser = world.browser();
  const sessionToken = randomBytes(32).toString("base64url");
  const tokenHash = createHash("sha256").update(sessionToken).digest("hex");
  await world.database.query(
    `INSERT INTO "Session" ("tokenHash", "userId", "expires") VALUES ($1, $2, now() + interval '1 hour')`,
    [tokenHash, userId],
  );
  browser.cookies.set("authjs.session-token", sessionToken);
  await browser.open("/dashboard");
  const unchecked = `SELECT FROM "Grant" WHERE "userId" = $1 AND "state" = 'ACTIVE' AND "checkedAt" IS NULL`;
  await until(
    async () => (await world.database.query(unchecked, [userId])).length === 0,
    "the check that a view of the dashboard starts",
  );
  const shown = connectionsOn((await browser.open("/dashboard")).html);
  const facts = await readFacts(world);
  return facts.grants
    .filter((grant) => grant.userId === userId)
    .flatMap((grant) => {
      const status = shown.find(({ grantId }) => grantId === grant.id)?.status;
      const says = status === "active" || status === "limited";
      const alive = tokenOf(facts, grant)?.alive ?? false;
      const wrong = says ? !alive : grant.state === "ACTIVE";
      return wrong
        ? [
            `I3: the page says ${status ?? "nothing"} of ${grant.id}, whose token is ${alive ? "alive" : "dead"}`,
          ]
        : [];
    });
}
