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
 * By the indexes of Webflow user and fingerprint. A CASE, because PostgreSQL would otherwise go through everybody's that are on their
 * way out, which have an index too: few as a rule, but many when Webflow has been down.
 */
export const unsettled = `LATERAL (SELECT max(r."leaseUntil") AS "until" FROM "Grant" r
  WHERE (r."webflowUserId" = g."webflowUserId" OR r."fingerprint" = g."fingerprint")
    AND CASE r."state" WHEN 'REVOKING' THEN r."leaseId" IS NOT NULL ELSE false END) unsettled`;

/**
 * SQL, beside `unsettled`: whether Webflow should be asked about the ACTIVE Grant `g`. While an attempt is under way its answer
 * would not count.
 */
export const isCheckDue = `(g."checkedAt" IS NULL OR g."checkedAt" < now() - interval '${staleAfterMinutes} minutes'
  OR g."checkedAt" < unsettled."until" AND unsettled."until" <= now())`;
