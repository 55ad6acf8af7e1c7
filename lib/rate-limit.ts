import "server-only";
import { createHmac } from "node:crypto";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";

/** How often whom may do what. Far above what a person does, far below what wears anything out. */
const limits = {
  /** Starts of the flow, each an address, or a session where that is not known. */
  start: { most: 30, seconds: 600 },
  /** Those to which another site's page has led, or may have, each an address. */
  start_from_elsewhere: { most: 30, seconds: 600 },
  /** Callbacks that failed, each a start of this browser, or an address where it is none of them. */
  failed_callback: { most: 30, seconds: 600 },
  /** Views of a page that asks Webflow, to which another site has led, or may have, each session. */
  view_from_elsewhere: { most: 5, seconds: 60 },
  /** "Disconnect", each session. */
  disconnect: { most: 60, seconds: 600 },
  /** "Check now", each session; it asks Webflow. */
  check: { most: 30, seconds: 60 },
  /** "Unlink", each session. */
  unlink: { most: 10, seconds: 600 },
  /** "Download my data", each session. */
  download: { most: 10, seconds: 600 },
  /** "Delete account", each session. */
  delete_account: { most: 5, seconds: 600 },
  /** The sweep and the re-sealing of tokens, by whoever knows CRON_SECRET. */
  cron: { most: 120, seconds: 60 },
} as const;

export type RateLimitName = keyof typeof limits;

/** `retryAfterSeconds`: 1 to the length of the window. */
export type RateLimitAnswer = { allowed: true } | { allowed: false; retryAfterSeconds: number };

interface Taken {
  allowed: boolean;
  retryAfterSeconds: number;
}

/**
 * The statement that counts one use and answers a row of `Taken`; it can be a part of a larger one. Many instances share the
 * counter: ON CONFLICT DO UPDATE locks the row and works on its newest version, so no use is lost, however many come at once.
 *
 * @param who an address, a session or an id; null (an address that is not known) is not counted: one counter for everybody would let
 *   anybody lock everybody else out
 */
export function takeStatement(name: RateLimitName, who: string | null): Prisma.Sql {
  if (who === null) return Prisma.sql`SELECT true AS "allowed", 0 AS "retryAfterSeconds"`;
  const { most, seconds } = limits[name];
  // No address and no id in the table: whoever reads it learns nothing without AUTH_SECRET.
  const key = createHmac("sha256", env().AUTH_SECRET).update(`rate-limit:${name}:${who}`).digest("hex");
  const reset = Prisma.sql`now() + make_interval(secs => ${seconds}::int)`;
  return Prisma.sql`
    INSERT INTO "RateLimit" AS l ("key", "count", "resetAt") VALUES (${key}, 1, ${reset})
    ON CONFLICT ("key") DO UPDATE SET
      "count" = CASE WHEN l."resetAt" <= now() THEN 1 ELSE least(l."count" + 1, ${most + 1}::int) END,
      "resetAt" = CASE WHEN l."resetAt" <= now() THEN ${reset} ELSE l."resetAt" END
    RETURNING "count" <= ${most}::int AS "allowed",
      greatest(1, ceil(extract(epoch FROM "resetAt" - now())))::int AS "retryAfterSeconds"`;
}

/**
 * Counts one use, and says whether it is one too many. Answers `allowed` when it cannot count: a limit spares us work, it
 * guards nothing, and giving access back must always be possible. Never throws.
 */
export async function takeFromLimit(name: RateLimitName, who: string | null): Promise<RateLimitAnswer> {
  if (who === null) return { allowed: true };
  try {
    const [taken] = await db().$queryRaw<Taken[]>(takeStatement(name, who));
    return toAnswer(name, taken);
  } catch (error) {
    log.warn("rate_limit_unavailable", { code: name, error: errorName(error) });
    return { allowed: true };
  }
}

/** What a row of `takeStatement` says. */
export function toAnswer(name: RateLimitName, taken: Taken | undefined): RateLimitAnswer {
  if (!taken || taken.allowed) return { allowed: true };
  log.warn("rate_limited", { code: name });
  return { allowed: false, retryAfterSeconds: taken.retryAfterSeconds };
}

/** Deletes up to 1,000 counters whose window has passed, and waits for nobody who counts. Answers how many. */
export function pruneLimits(): Promise<number> {
  return db().$executeRaw`
    DELETE FROM "RateLimit" WHERE "key" = ANY (ARRAY(
      SELECT "key" FROM "RateLimit" WHERE "resetAt" < now() ORDER BY "resetAt" LIMIT 1000 FOR UPDATE SKIP LOCKED))`;
}
