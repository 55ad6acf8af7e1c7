import { createHash } from "node:crypto";
import { type HttpBrowser, helps, type Visit } from "../support/browser";
import { connectionsOn } from "./connection-list";
import { readFacts, tokenOf } from "./facts";
import type { World } from "./world";

/** The session token that a browser holds, if any. */
export function sessionTokenOf({ cookies }: HttpBrowser): string | undefined {
  return [...cookies].find(([name]) => name.endsWith("authjs.session-token"))?.[1];
}

/** Looks at one answer of the app at the moment it arrived, and answers which promises it breaks. */
export async function witness(world: World, visit: Visit, browser: HttpBrowser): Promise<string[]> {
  const isPage = visit.headers["content-type"]?.includes("text/html") && !visit.headers.location;
  if (!isPage) return visit.status >= 500 && visit.status !== 503 ? [bare(visit)] : [];
  if (visit.status === 500 || !helps({ html: visit.body })) return [bare(visit)];
  return new URL(visit.url).pathname === "/dashboard" && visit.status === 200
    ? shownWrongly(world, visit, browser)
    : [];
}

/** I4: a person always gets words and a way on. */
function bare({ method, url, status }: Visit): string {
  return `I4: ${method} ${new URL(url).pathname} answered ${status} without words and a way on`;
}

/**
 * I3 and I5 for the dashboard: what it calls disconnected is dead at Webflow, what it calls connected was not ended by a
 * revocation of ours before somebody asked for the page, and all that it shows is one's own.
 */
async function shownWrongly(
  world: World,
  { body, startedAt }: Visit,
  browser: HttpBrowser,
): Promise<string[]> {
  const shown = connectionsOn(body);
  if (shown.length === 0) return [];
  const tokenHash = createHash("sha256")
    .update(sessionTokenOf(browser) ?? "")
    .digest("hex");
  const [facts, [session]] = await Promise.all([
    readFacts(world),
    world.database.query<{ userId: string }>(`SELECT "userId" FROM "Session" WHERE "tokenHash" = $1`, [
      tokenHash,
    ]),
  ]);
  return shown.flatMap(({ grantId, status }) => {
    const grant = facts.grants.find(({ id }) => id === grantId);
    if (!grant || !session) return []; // gone in the meantime
    const token = tokenOf(facts, grant);
    const revokedAt = token?.killedBy === "revoke" && token.killedAt ? new Date(token.killedAt) : undefined;
    return [
      ...(grant.userId === session.userId ? [] : [`I5: the dashboard shows ${grantId}, which is another's`]),
      ...(status === "disconnected" && token?.alive
        ? [`I3: the page says Disconnected of ${grantId}, whose token lives`]
        : []),
      ...((status === "active" || status === "limited") && revokedAt && revokedAt < startedAt
        ? [`I3: the page says Connected of ${grantId}, whose token we had revoked`]
        : []),
    ];
  });
}
