// npm run dev: on a bare clone with nothing configured, everything that it takes to try the app.
import "./lib/node-version.mjs";
import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { waitForAnswer } from "./lib/answers.mjs";
import { describeExit } from "./lib/child.mjs";
import { runCommand } from "./lib/command.mjs";
import { describeDatabase, ensureDatabase } from "./lib/database.mjs";
import { derivedEnvironment, devArguments, planDevelopment } from "./lib/development.mjs";
import { startEmulator } from "./lib/emulator.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { localSecrets, readConfiguration } from "./lib/local-env.mjs";
import { takeLock } from "./lib/lock.mjs";
import { migrate } from "./lib/migrations.mjs";
import { localDirectory, projectRoot as root } from "./lib/paths.mjs";
import { freePort, isPortFree } from "./lib/ports.mjs";
import { startPostgres } from "./lib/postgres.mjs";
import { inspectProcess } from "./lib/process-info.mjs";
import { sendSignal } from "./lib/signals.mjs";
import { bold, cyan, dim, duration, Problem, say, step, wantsColour } from "./lib/terminal.mjs";
import { assertWritable } from "./lib/writable.mjs";

const DATABASE = "webflow_app";
/** The wished ports of the local Webflow and the local database. */
const WEBFLOW_PORT = 4100;
const DATABASE_PORT = 54_320;
/** How long the first answer may take, in milliseconds: Next.js compiles for it. */
const APP_PATIENCE = 180_000;

/** @typedef {import("./lib/command.mjs").Command} Command */
/** @typedef {import("./lib/lock.mjs").Lock} Lock */

await runCommand(run, { interruptCode: 0 });

/** @param {Command} command @returns {Promise<number>} */
async function run({ processes, interrupted, atEnd }) {
  const started = performance.now();
  const configuration = readConfiguration(root, process.env);
  const plan = planDevelopment(configuration);
  assertWritable(root);
  const lock = await lockCheckout();
  atEnd(() => lock.release());
  const port = await choosePort(plan);
  const origin = `http://localhost:${port}`;
  lock.update({ url: origin });
  await ensureInstalled(root, processes);
  const secrets = localSecrets(root);

  const externalUrl = configuration.DIRECT_URL ?? configuration.DATABASE_URL ?? "";
  const [database, emulator] = await Promise.all([
    plan.embeddedDatabase ? startDatabase(processes, secrets) : migrateWithWords(externalUrl),
    plan.localWebflow ? startLocalWebflow(processes, secrets, plan.publicOrigin ?? origin) : undefined,
    ensureGenerated(root, processes),
  ]);

  const app = processes.start({
    name: "app",
    command: process.execPath,
    args: [join(root, "node_modules/next/dist/bin/next"), ...devArguments(port)],
    cwd: root,
    env: {
      NEXT_TELEMETRY_DISABLED: "1",
      ...process.env,
      NODE_ENV: undefined,
      ...(wantsColour ? { FORCE_COLOR: "1" } : {}),
      ...derivedEnvironment(plan, {
        configuration,
        secrets,
        databaseUrl: database?.url(DATABASE),
        origin,
        emulatorOrigin: emulator?.origin,
      }),
    },
    onLine: showApp,
  });
  lock.update({ children: processes.list(), emulator: emulator?.origin });
  const status = await step("Starting the app", () =>
    waitForAnswer(`${origin}/api/health`, { child: app, patience: APP_PATIENCE }),
  );
  // Compiled now, so that the first click need not wait for it.
  fetch(origin)
    .then((response) => response.arrayBuffer())
    .catch(() => {});

  const links = [
    ["Open", cyan(plan.publicOrigin ?? origin)],
    ["Local Webflow", emulator && cyan(`${emulator.origin}/_control`)],
    ["Webflow", emulator ? "" : "the real one, for the app of WEBFLOW_CLIENT_ID"],
    ["Database", database ? 'psql "$(cat .local/database-url)"' : describeDatabase(externalUrl)],
    ["", database?.note && dim(database.note)],
  ].filter(([, value]) => value);
  say("");
  for (const [name = "", value] of links) say(`  ${bold(name.padEnd(15))}${value}`);
  say(`\n  ${dim(`Ready in ${duration(performance.now() - started)}. Ctrl-C ends all of it.`)}\n`);
  if (status >= 500) say(`  The app answers with an error (${status}): its message is above.\n`);

  const { name, exit, tail } = await Promise.race(
    [app, emulator?.child, database?.child].flatMap((child) =>
      child ? child.exited.then((result) => ({ name: child.name, exit: result, tail: child.tail() })) : [],
    ),
  );
  if (!interrupted.aborted)
    throw new Problem(`The ${name} ${describeExit(exit)}; stopping the rest.\n${dim(tail)}`);
  return 0;
}

/** @returns {Promise<Lock>} @throws {Problem} when another one is running in this checkout */
async function lockCheckout() {
  const lock = takeLock(join(localDirectory(root), "dev.lock"));
  if (!lock.taken) {
    const { pid, url = "still starting" } = lock.holder;
    throw new Problem(
      `npm run dev already runs in this checkout (process ${pid}, ${url}): use it, or \`kill ${pid}\` first.`,
    );
  }
  // What a killed one left running would keep the ports.
  for (const { pid, identity } of lock.abandoned?.children ?? []) {
    if (inspectProcess(pid)?.identity === identity) sendSignal({ pid, wholeGroup: true }, "SIGKILL");
  }
  const port = Number(new URL(lock.abandoned?.url ?? "http://localhost").port);
  for (const deadline = Date.now() + 2_000; port > 0 && Date.now() < deadline; await pause(10)) {
    if (await isPortFree(port)) break;
  }
  return lock;
}

/** @param {import("./lib/development.mjs").Plan} plan @returns {Promise<number>} @throws {Problem} */
async function choosePort({ port: wished, portIsFixed }) {
  if (portIsFixed) {
    if (await isPortFree(wished)) return wished;
    throw new Problem(
      `Port ${wished} is taken: end what listens there, or choose another with \`PORT=${wished + 1} npm run dev\`.`,
    );
  }
  const port = await freePort(wished);
  if (port !== wished) say(`Port ${wished} is taken, so the app gets ${port} (PORT=… chooses one).`);
  return port;
}

/** @param {Command["processes"]} processes @param {Record<string, string>} secrets */
async function startDatabase(processes, secrets) {
  const database = await step("Starting PostgreSQL", () =>
    startPostgres({
      root,
      directory: join(localDirectory(root), "postgres"),
      elsewhere: `dev-${shortHash(`${root} ${secrets.CHECKOUT_ID}`)}`,
      durable: true,
      port: DATABASE_PORT,
      processes,
    }),
  );
  await ensureDatabase(database.url(), DATABASE);
  // For psql and other tools: the file is for this account only, and the port may change.
  const path = join(localDirectory(root), "database-url");
  writeFileSync(`${path}.new`, `${database.url(DATABASE)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  await migrateWithWords(database.url(DATABASE));
  return database;
}

/** A copy of a checkout has its secrets, and must not have its database. @param {string} text @returns {string} */
function shortHash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** @param {string} url @returns {Promise<undefined>} */
async function migrateWithWords(url) {
  const applied = await migrate(url, { log: (line) => say(`  ${line}`) });
  if (applied.length > 0)
    say(`  ${applied.length} ${applied.length === 1 ? "migration" : "migrations"} applied`);
}

/** @param {Command["processes"]} processes @param {Record<string, string>} secrets @param {string} appOrigin */
async function startLocalWebflow(processes, secrets, appOrigin) {
  const port = await freePort(WEBFLOW_PORT);
  const client = { id: secrets.WEBFLOW_CLIENT_ID ?? "", secret: secrets.WEBFLOW_CLIENT_SECRET ?? "" };
  const onLine = (/** @type {string} */ line) => {
    if (!line.startsWith("Local Webflow:")) say(`${dim("webflow │")} ${line}`); // said with the other addresses
  };
  return step("Starting the local Webflow", () =>
    startEmulator({ root, port, client, appOrigin, processes, onLine }),
  );
}

/** Next.js announces addresses before it answers there: ours come when it does. @param {string} line */
function showApp(line) {
  const bare = stripVTControlCharacters(line);
  if (!/^\s*(▲|- (Local|Network|Environments):|✓ (Starting|Ready)|$)/.test(bare))
    say(`${dim("app │")} ${line}`);
}
