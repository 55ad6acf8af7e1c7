import { Prisma } from "@/lib/generated/prisma/client";

/**
 * What is older than this is refreshed after a page has been answered, not at every view: what Webflow said of a connection,
 * and that a session is in use.
 */
export const staleAfterMinutes = 5;

/** Whether it is time to note that a session is in use (lib/auth/session-life.ts), in a statement that reads one. */
export const isSeenStale = Prisma.sql`"lastSeenAt" < now() - make_interval(mins => ${staleAfterMinutes}::int)`;
