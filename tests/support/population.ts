/** Runs one statement of SQL. */
type Query = <Row extends object>(sql: string) => Promise<Row[]>;

export interface Population {
  users: number;
  /** Each User has one ACTIVE Grant; the others are dead. */
  grantsPerUser: number;
  activityPerUser: number;
}

/** The session token of the nth User of `populate`; the database holds its hash. */
export function sessionTokenOf(user: number): string {
  return `token-of-${user}`;
}

/**
 * Fills a migrated database with people who signed in, connected, reconnected and came back. What nobody reads is short;
 * what pages read is as long as in life. Repeatable: rows depend on their numbers alone.
 */
export async function populate(
  query: Query,
  { users, grantsPerUser, activityPerUser }: Population,
): Promise<void> {
  // Without looking up each row's owner, which is there: that would take most of the time.
  const fill = (sql: string) => query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`);
  // An index is made in a fraction of the time when all its rows are there: they are sorted once.
  const indexes = await query<{ name: string; definition: string }>(`
    SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`);
  for (const { name } of indexes) await query(`DROP INDEX ${name}`);
  const everybody = `generate_series(1, ${users}) AS n`;
  // Side by side, where `query` has connections for that: the longest first.
  await Promise.all([
    fill(`
      INSERT INTO "Activity" ("userId", "grantId", "type", "at")
      SELECT md5('user ' || n)::uuid, md5('grant ' || n || ' 1')::uuid, 'CHECKED', now() - make_interval(days => k)
      FROM generate_series(${activityPerUser}, 1, -1) AS k, ${everybody}`),
    fill(`
      INSERT INTO "Grant" ("id", "state", "userId", "webflowUserId", "sealedToken", "fingerprint", "requestedScopes", "scopes", "coverage",
        "workspaceIds", "siteIds", "sites", "receivedAt", "activatedAt", "checkedAt", "endedAt", "nextAttemptAt")
      SELECT md5('grant ' || n || ' ' || k)::uuid, (CASE k WHEN 1 THEN 'ACTIVE' ELSE 'REVOKED' END)::"GrantState",
        md5('user ' || n)::uuid, 'webflow-user-' || n, CASE k WHEN 1 THEN rpad('v1.k1.x.y.', 140, 'z') END, encode(sha256(('token ' || n || ' ' || k)::bytea), 'hex'),
        '{authorized_user:read,sites:read}', '{authorized_user:read,sites:read}', ARRAY['workspace-' || n], '{}', ARRAY['site-' || n],
        jsonb_build_array(jsonb_build_object('id', 'site-' || n, 'name', 'Site ' || n, 'workspaceId', 'workspace-' || n,
          'shortName', 'site-' || n, 'previewUrl', NULL)),
        now() - interval '30 days', now() - interval '30 days', now(), CASE k WHEN 1 THEN NULL ELSE now() - interval '3 days' END, now()
      FROM ${everybody}, generate_series(1, ${grantsPerUser}) AS k`),
    fill(`INSERT INTO "User" ("id") SELECT md5('user ' || n)::uuid FROM ${everybody}`),
    fill(`
      INSERT INTO "Account" ("userId", "provider", "providerAccountId", "name", "email")
      SELECT md5('user ' || n)::uuid, 'webflow', 'webflow-user-' || n, 'Person ' || n, 'person-' || n || '@example.com' FROM ${everybody}`),
    fill(`
      INSERT INTO "Session" ("tokenHash", "userId", "expires")
      SELECT encode(sha256(('token-of-' || n)::bytea), 'hex'), md5('user ' || n)::uuid, now() + interval '7 days' FROM ${everybody}`),
    fill(`
      INSERT INTO "AuthorizationRequest" ("stateHash", "scopes", "expiresAt")
      SELECT md5('state ' || n), '{sites:read}', now() + interval '15 minutes' FROM ${everybody} WHERE n % 10 = 0`),
  ]);
  await Promise.all(
    indexes.map(({ definition }) =>
      query(`BEGIN; SET LOCAL maintenance_work_mem = '256MB'; ${definition}; COMMIT`),
    ),
  );
  await query("VACUUM ANALYZE");
}
