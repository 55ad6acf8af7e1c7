import "server-only";
import { createHmac } from "node:crypto";
import { env } from "@/lib/env";
import { staleAfterMinutes } from "@/lib/stale";

/**
 * SQL, for FROM: `unsettled."until"`, until when nothing that Webflow said of the ACTIVE Grant `g` can be believed, because an
 * attempt to revoke another of the person's tokens, which may take this one along, has begun and its outcome is not written: the
 * end of that attempt's lease. Null when there is none. Always one row.
 *
 * The lease is committed before Webflow is asked, and is left, run out, by a process that died in between. So nothing that
 * was heard before it ran out counts, from the moment when Webflow may first act: whoever reads sees either the attempt, or
 * its outcome, which doubts the Grant itself (`checkedAt` null, revocation-outcome.ts).
 *
 * By an index of their own, which says CASE in these very words, and by that of fingerprints. Otherwise PostgreSQL would go through
 * everybody's that are on their way out, who are many when Webflow has been down, or through all of one person's for each.
 */
export const unsettled = `LATERAL (SELECT max(r."leaseUntil") AS "until" FROM (
  SELECT "leaseUntil" FROM "Grant" WHERE "webflowUserId" = g."webflowUserId"
    AND CASE "state" WHEN 'REVOKING' THEN "leaseId" IS NOT NULL ELSE false END
  UNION ALL
  SELECT "leaseUntil" FROM "Grant" WHERE "fingerprint" = g."fingerprint"
    AND CASE WHEN "leaseId" IS NULL THEN false ELSE "state" = 'REVOKING' END
) r) unsettled`;

/**
 * SQL, beside `unsettled`: whether Webflow should be asked about the ACTIVE Grant `g`. While an attempt is under way its answer
 * would not count.
 */
export const isCheckDue = `(g."checkedAt" IS NULL OR g."checkedAt" < now() - interval '${staleAfterMinutes} minutes'
  OR g."checkedAt" < unsettled."until" AND unsettled."until" <= now())`;

/**
 * SQL: whether nobody is asking Webflow about the Grant `g` and nobody has to wait with it: after an answer that proved nothing,
 * or because an attempt to revoke its very token, or another of the person's, may be under way by a row that is gone (activate.ts).
 */
export const isCheckable = `coalesce(greatest(g."leaseUntil", g."unsettledUntil") < now(), true)`;

/**
 * A Webflow user in "RecentRevocation", by a value that names nobody to whoever reads the database alone: the first is written, and
 * whichever is there is found. One for each key, because while keys are rotated another instance may have another one first.
 */
export function personsOf(webflowUserId: string): string[] {
  return env().TOKEN_KEYS.map(({ key }) =>
    createHmac("sha256", key).update(`recent-revocation:${webflowUserId}`).digest("hex"),
  );
}
