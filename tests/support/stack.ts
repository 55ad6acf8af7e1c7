import { randomBytes } from "node:crypto";
import { freePort } from "../../scripts/lib/ports.mjs";
import { type AppProcess, PortTaken, startApp } from "./app";
import { createDatabase, type TestDatabase } from "./database";
import { type EmulatorProcess, startEmulatorProcess } from "./emulator";

/** An app, a local Webflow and a database that belong together, and to one test file or worker. */
export interface Stack {
  /** The first instance; where it listens is the app's public origin (AUTH_URL). */
  app: AppProcess;
  database: TestDatabase;
  emulator: EmulatorProcess;
  clientId: string;
  clientSecret: string;
  cronSecret: string;
  /** What the app's processes are configured with. */
  environment: Readonly<Record<string, string>>;
  /**
   * Starts one more process of this app, on a port of its own, with these variables changed. It serves the same public
   * origin: a request to it carries that origin's Host, as a load balancer passes it on (tests/support/browser.ts does).
   */
  startInstance(environment?: Record<string, string>, folder?: string): Promise<AppProcess>;
}

export interface StackOptions {
  /** Variables of every app process beside those that make it belong to this stack. */
  environment?: Record<string, string>;
  /** `host:port` at which the app reaches the database, for a proxy or a pooler in between; directly unless told. */
  databaseAt?: string;
}

/** The app and the local Webflow must know each other's address before they start: a lost port means both again. */
export async function startStack(
  { environment: given = {}, databaseAt }: StackOptions = {},
  tries = 5,
): Promise<Stack & { stop(): Promise<void> }> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const client = { id: "client-of-the-tests", secret: randomBytes(32).toString("hex") };
  const cronSecret = randomBytes(32).toString("hex");
  const database = await createDatabase();
  const databaseUrl = new URL(database.url);
  if (databaseAt) databaseUrl.host = databaseAt;
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const one of started.toReversed()) await one.stop();
    await database.drop();
  };
  try {
    const emulator = await startEmulatorProcess({ appOrigin: origin, client });
    started.push(emulator);
    const environment = {
      DATABASE_URL: databaseUrl.href,
      AUTH_URL: origin,
      AUTH_SECRET: randomBytes(32).toString("hex"),
      TOKEN_KEYS: `k1:${randomBytes(32).toString("base64")}`,
      CRON_SECRET: cronSecret,
      WEBFLOW_CLIENT_ID: client.id,
      WEBFLOW_CLIENT_SECRET: client.secret,
      WEBFLOW_OAUTH_URL: emulator.origin,
      WEBFLOW_API_URL: emulator.origin,
      ...given,
    };
    const app = await startApp(port, environment);
    started.push(app);
    return {
      app,
      database,
      emulator,
      clientId: client.id,
      clientSecret: client.secret,
      cronSecret,
      environment,
      startInstance: async (changes, folder) => {
        const instance = await startOnAnyPort({ ...environment, ...changes }, folder);
        started.push(instance);
        return instance;
      },
      stop,
    };
  } catch (error) {
    await stop();
    if (error instanceof PortTaken && tries > 1)
      return startStack({ environment: given, databaseAt }, tries - 1);
    throw error;
  }
}

async function startOnAnyPort(
  environment: Record<string, string>,
  folder?: string,
  tries = 5,
): Promise<AppProcess> {
  try {
    return await startApp(await freePort(), environment, folder);
  } catch (error) {
    if (error instanceof PortTaken && tries > 1) return startOnAnyPort(environment, folder, tries - 1);
    throw error;
  }
}
