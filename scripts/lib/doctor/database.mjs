import { describeDatabase, withClient } from "../database.mjs";
import { readMigrations } from "../migrations.mjs";
import { Problem } from "../terminal.mjs";
import { about } from "./findings.mjs";
import { checkRevocations } from "./revocations.mjs";

/** @typedef {import("./findings.mjs").Finding} Finding */
/** @typedef {import("pg").Client} Client */
/**
 * What the database knows of TOKEN_KEYS: the newest token of each key, and what tells each key from others.
 * @typedef {{ sealed: { id: string, sealedToken: string }[], known: { id: string, checkValue: string }[] }} KeysInUse
 */

/** What proves that a setting is wrong; a time-out or a failed lookup may lie on the way from here. */
const PROOF = new Set(["ECONNREFUSED", "ENOTFOUND", "28P01", "28000", "3D000"]);
const OLDEST_VERSION = 14;

/**
 * Looks at the database, reading only.
 * @param {import("./setup.mjs").Setup} setup
 * @returns {Promise<{ findings: Finding[], keys: KeysInUse | undefined }>} keys: undefined when the database could not be read
 */
export async function checkDatabase(setup) {
  const { environment, localDatabase } = setup;
  const database = about("database", "Database");
  const { DATABASE_URL: url, DIRECT_URL: direct } = environment;
  if (!url) return { findings: [database.unknown("DATABASE_URL is not set")], keys: undefined };
  try {
    return await withClient(url, async (client) => {
      await client.query("SET statement_timeout = '15s'");
      const findings = [await checkVersion(client, url)];
      const migrations = await checkMigrations(client);
      findings.push(migrations);
      if (direct && direct !== url) findings.push(await checkDirect(direct));
      if (migrations.status !== "ok") return { findings, keys: undefined };
      findings.push(...(await checkRevocations(client, setup)));
      return { findings, keys: await readKeys(client) };
    });
  } catch (error) {
    return { findings: [unreachable(database, error, localDatabase)], keys: undefined };
  }
}

/** @param {ReturnType<typeof about>} point @param {unknown} error @param {boolean} localDatabase @returns {Finding} */
function unreachable(point, error, localDatabase) {
  if (localDatabase) return point.unknown("the local database runs while `npm run dev` does");
  if (!(error instanceof Problem)) {
    const { code = "no code" } = /** @type {{ code?: string }} */ (error);
    return point.unknown(`it could not be read (${code})`);
  }
  const { code } = /** @type {{ code?: string }} */ (error.cause ?? {});
  const [, reason = error.message] = /: (.*) \(DATABASE_URL\)\.$/.exec(error.message) ?? [];
  if (!error.cause || (code && PROOF.has(code)))
    return point.wrong(error.message.replace(/: .*/s, ""), `${capital(reason)}.`);
  return point.unknown(error.message);
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {Client} client @param {string} url @returns {Promise<Finding>} */
async function checkVersion(client, url) {
  const { rows } = await client.query("SELECT current_setting('server_version_num')::int / 10000 AS major");
  const [{ major }] = rows;
  const database = about("database", "Database");
  return major >= OLDEST_VERSION
    ? database.ok(`${describeDatabase(url)}, PostgreSQL ${major}`)
    : database.wrong(`PostgreSQL ${major}`, `Use PostgreSQL ${OLDEST_VERSION} or newer.`);
}

/** @param {string} direct @returns {Promise<Finding>} */
async function checkDirect(direct) {
  const point = about("direct-url", "Direct database");
  try {
    return await withClient(direct, async () => point.ok(`${describeDatabase(direct)} answers`));
  } catch (error) {
    const finding = unreachable(point, error, false);
    return { ...finding, detail: finding.detail.replace("DATABASE_URL", "DIRECT_URL") };
  }
}

/** @param {Client} client @returns {Promise<Finding>} */
async function checkMigrations(client) {
  const point = about("migrations", "Migrations");
  const mend = "Run `npm run db:migrate` against this database.";
  const { rows: tables } = await client.query(
    `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS known`,
  );
  if (!tables[0].known) return point.wrong("none is applied", mend);
  const { rows } = await client.query(
    'SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find(({ finished }) => !finished);
  if (failed) {
    // What goes into a command to copy is a migration's name, and not whatever stands in its place.
    const name = /^\w+$/.test(failed.name) ? failed.name : "<its name>";
    return point.wrong(
      `${name} stopped half-way`,
      `Look at the database, then \`npx prisma migrate resolve --applied ${name}\` or \`--rolled-back\`.`,
    );
  }
  const files = readMigrations();
  const pending = files.filter(({ name }) => !rows.some((row) => row.name === name));
  if (pending.length > 0) return point.wrong(`${pending.length} not applied, from ${pending[0]?.name}`, mend);
  const changed = files.find(({ name, checksum }) =>
    rows.some((row) => row.name === name && row.checksum !== checksum),
  );
  if (changed) {
    return point.wrong(
      `${changed.name} was changed after it had been applied`,
      "Bring its old text back, and put the change in a new migration.",
    );
  }
  return point.ok(`all ${files.length} applied`);
}

/** @param {Client} client @returns {Promise<KeysInUse>} */
async function readKeys(client) {
  const { rows: sealed } = await client.query(
    `SELECT DISTINCT ON (split_part("sealedToken", '.', 2)) "id", "sealedToken" FROM "Grant"
     WHERE "sealedToken" IS NOT NULL ORDER BY split_part("sealedToken", '.', 2), "receivedAt" DESC`,
  );
  const { rows: known } = await client.query('SELECT "id", "checkValue" FROM "TokenKey"');
  return { sealed, known };
}
