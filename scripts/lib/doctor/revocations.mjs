import { about } from "./findings.mjs";

/** A daily sweep, which is what Vercel's free plan allows, with an hour of grace. */
const BEHIND_AFTER_HOURS = 25;

/**
 * What the sweep has left undone, as the database tells it.
 * @param {import("pg").Client} client
 * @param {import("./setup.mjs").Setup} setup
 * @returns {Promise<import("./findings.mjs").Finding[]>}
 */
export async function checkRevocations(client, { environment: { CRON_SECRET }, localWebflow }) {
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE "state" = 'REVOKING')::int AS pending,
            count(*) FILTER (WHERE "state" = 'ABANDONED' AND "endedAt" > now() - interval '30 days')::int AS abandoned,
            count(*) FILTER (WHERE due)::int AS due,
            count(*) FILTER (WHERE due AND "nextAttemptAt" < now() - make_interval(hours => $1))::int AS behind,
            extract(epoch FROM now() - min("nextAttemptAt") FILTER (WHERE due))::int AS oldest
     FROM (SELECT *, "state" IN ('RECEIVED', 'REVOKING') AND "nextAttemptAt" <= now() AS due FROM "Grant"
           WHERE "state" IN ('RECEIVED', 'REVOKING', 'ABANDONED')) g`,
    [BEHIND_AFTER_HOURS],
  );
  const [counts] = rows;
  // The sweep removes a start of the flow a day after it ran out: an older one says that none came by.
  const { rows: starts } = await client.query(
    `SELECT count(*)::int AS left FROM "AuthorizationRequest" WHERE "expiresAt" < now() - make_interval(hours => 24 + $1)`,
    [BEHIND_AFTER_HOURS],
  );
  return [
    sweepFinding({ ...counts, left: starts[0].left, secret: Boolean(CRON_SECRET) }),
    revocationFinding({ ...counts, localWebflow }),
  ];
}

/** @param {{ due: number, behind: number, oldest: number | null, left: number, secret: boolean }} counts */
function sweepFinding({ due, behind, oldest, left, secret }) {
  const sweep = about("sweep", "Sweep");
  if (!secret) {
    return sweep.wrong(
      "CRON_SECRET is not set, so the sweep refuses everybody",
      "Set CRON_SECRET, and have a scheduler call /api/cron/sweep with it.",
    );
  }
  if (behind > 0 || left > 0) {
    return sweep.wrong(
      behind > 0 ? `behind: ${behind} due for more than a day` : "nothing was swept for more than a day",
      "Have a scheduler call /api/cron/sweep with `Authorization: Bearer <CRON_SECRET>`; docs/deploying.md says how.",
    );
  }
  return sweep.ok(
    due > 0 ? `${due} due, the oldest for ${Math.ceil((oldest ?? 0) / 60)} min` : "nothing is due",
  );
}

/** @param {{ pending: number, abandoned: number, localWebflow: boolean }} counts */
function revocationFinding({ pending, abandoned, localWebflow }) {
  const revocations = about("revocations", "Revocations");
  // At the local Webflow there is nobody to ask.
  if (abandoned > 0 && !localWebflow) {
    return revocations.wrong(
      `${abandoned} given up in the last 30 days: Webflow never confirmed that these tokens are dead`,
      "Check the credentials above; ask these people to remove the app at Webflow (their dashboard tells them so).",
    );
  }
  return revocations.ok(pending > 0 ? `${pending} waiting for Webflow's confirmation` : "none is waiting");
}
