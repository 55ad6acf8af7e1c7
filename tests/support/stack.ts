import { randomBytes } from "node:crypto";
import { freePort } from "../../scripts/lib/ports.mjs";
import { type AppProcess, PortTaken, startApp } from "./app";
import { createDatabase, type TestDatabase } from "./database";
import { type EmulatorProcess, startEmulatorProcess } from "./emulator";

/** An app, a local Webflow and a database that belong together, and to one test file or worker. */
export interface Stack {
  app: AppProcess;
  database: TestDatabase;
  emulator: EmulatorProcess;
  clientId: string;
  clientSecret: string;
  cronSecret: string;
}

/** The app and the local Webflow must know each other's address before they start: a lost port means both again. */
export async function startStack(tries = 5): Promise<Stack & { stop(): Promise<void> }> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const client = { id: "client-of-the-tests", secret: randomBytes(32).toString("hex") };
  const cronSecret = randomBytes(32).toString("hex");
  const database = await createDatabase();
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const one of started.toReversed()) await one.stop();
    await database.drop();
  };
  try {
    const emulator = await startEmulatorProcess({ appOrigin: origin, client });
    started.push(emulator);
    const app = await startApp(port, {
      DATABASE_URL: database.url,
      AUTH_URL: origin,
      AUTH_SECRET: randomBytes(32).toString("hex"),
      TOKEN_KEYS: `k1:${randomBytes(32).toString("base64")}`,
      CRON_SECRET: cronSecret,
      WEBFLOW_CLIENT_ID: client.id,
      WEBFLOW_CLIENT_SECRET: client.secret,
      WEBFLOW_OAUTH_URL: emulator.origin,
      WEBFLOW_API_URL: emulator.origin,
    });
    started.push(app);
    return { app, database, emulator, clientId: client.id, clientSecret: client.secret, cronSecret, stop };
  } catch (error) {
    await stop();
    if (error instanceof PortTaken && tries > 1) return startStack(tries - 1);
    throw error;
  }
}
