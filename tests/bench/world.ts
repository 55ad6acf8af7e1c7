import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { webflowScopes } from "../../lib/webflow/scopes";
import { freePort } from "../../scripts/lib/ports.mjs";
import type { Processes } from "../../scripts/lib/processes.mjs";
import type { ConsentChoice } from "../emulator/client";
import { sites } from "../emulator/domain/people";
import { HttpBrowser } from "../support/browser";
import { createDatabase, type TestDatabase } from "../support/database";
import { type EmulatorProcess, startEmulatorProcess } from "../support/emulator";
import { startSqlTap } from "../support/sql-tap";
import { folders, type Server, startNext } from "./servers";

const mira = "64b7f1a29c0d4e0011cd0001";

/** What a person of the benchmark grants: every scope there is, and five sites. */
export const everything = {
  userId: mira,
  scopes: Object.keys(webflowScopes),
  siteIds: sites.slice(0, 5).map(({ id }) => id),
};

/** An app with a database and a local Webflow of its own. */
export interface World {
  server: Server;
  database: TestDatabase;
  emulator: EmulatorProcess;
  /** The configuration of the server, for a second instance. */
  environment: Record<string, string>;
  /** A browser that shows the start page, of this server or another instance. */
  arrive(instance?: Server): Promise<HttpBrowser>;
  /** From the click there to the dashboard, through the local Webflow, with everything granted unless told otherwise. */
  connect(person: HttpBrowser, choice?: ConsentChoice): Promise<void>;
  /** Both. */
  signIn(instance?: Server): Promise<HttpBrowser>;
  /**
   * How many SQL statements it takes, on an instance behind a tap: what is timed speaks to PostgreSQL itself. Counted at the second
   * time, by an instance that has compared its keys with the database.
   */
  countStatements(work: (instance: Server) => Promise<unknown>): Promise<number>;
  /** Forgets everybody, here and at the local Webflow. */
  startAfresh(): Promise<void>;
  stop(): Promise<void>;
}

/** The template, or the stock app, with all that belongs to it. */
export async function startWorld(processes: Processes, folder: "app" | "stock"): Promise<World> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const client = { id: `client-of-${folder}`, secret: randomBytes(32).toString("hex") };
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const database = await createDatabase({ empty: folder === "stock" });
    ends.push(() => database.drop());
    if (folder === "stock") await database.query(readFileSync(join(folders.stock, "schema.sql"), "utf8"));
    const emulator = await startEmulatorProcess({ appOrigin: origin, client });
    ends.push(() => emulator.stop());
    const environment = {
      DATABASE_URL: database.url,
      AUTH_URL: origin,
      AUTH_SECRET: randomBytes(32).toString("hex"),
      TOKEN_KEYS: `k1:${randomBytes(32).toString("base64")}`,
      CRON_SECRET: randomBytes(32).toString("hex"),
      WEBFLOW_CLIENT_ID: client.id,
      WEBFLOW_CLIENT_SECRET: client.secret,
      WEBFLOW_SCOPES: everything.scopes.join(" "),
      WEBFLOW_OAUTH_URL: emulator.origin,
      WEBFLOW_API_URL: emulator.origin,
    };
    const path = folder === "stock" ? "/" : "/api/ready";
    const server = await startNext(processes, folder, { environment, path, port });
    ends.push(() => server.stop());
    const arrive = async (instance = server) => {
      const person = new HttpBrowser({ origin, instance });
      await person.open("/");
      return person;
    };
    const connect = async (person: HttpBrowser, choice: ConsentChoice = everything) => {
      const { url } = await person.press("Connect Webflow");
      const { status } = await person.open(await emulator.control.authorize(url.href, choice));
      if (status !== 200 || person.page?.url.pathname !== "/dashboard")
        throw new Error(`A sign-in to ${folder} ends at ${person.page?.url} with ${status}`);
    };
    return {
      server,
      database,
      emulator,
      environment,
      arrive,
      connect,
      signIn: async (instance) => {
        const person = await arrive(instance);
        await connect(person);
        return person;
      },
      startAfresh: async () => {
        const tables = folder === "stock" ? `"User"` : `"User", "Grant", "AuthorizationRequest", "RateLimit"`;
        await database.query(`TRUNCATE ${tables} CASCADE`);
        await emulator.control.reset();
      },
      countStatements: async (work) => {
        const tap = await startSqlTap(database.url);
        try {
          const tapped = { ...environment, DATABASE_URL: tap.url };
          const instance = await startNext(processes, folder, { environment: tapped, path });
          try {
            await work(instance);
            tap.clear();
            await work(instance);
            return tap.statements().length;
          } finally {
            await instance.stop();
          }
        } finally {
          await tap.stop();
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
