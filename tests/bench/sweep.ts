import { createCipheriv, createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../scripts/lib/ports.mjs";
import { type AppProcess, startApp } from "../support/app";
import { createDatabase, type TestDatabase } from "../support/database";
import { startSqlTap } from "../support/sql-tap";

/** How long the stand-in for Webflow takes for each answer: what decides, besides how many calls are under way at once. */
const latencyMs = 100;

/** How fast pending revocations are drained. */
interface SweepFigures {
  grants: number;
  latencyMs: number;
  /** With one instance, with two: seconds until nothing is pending, and revocations a second. */
  runs: { instances: number; seconds: number; perSecond: number }[];
  /** SQL statements for one revocation, everything of the sweep included. */
  statementsPerRevocation: number;
}

/** Webflow's revoke endpoint, `latencyMs` away, that says yes and counts how often it was asked about each token. */
async function startWebflow() {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", async () => {
      const { access_token: token } = JSON.parse(body);
      asked.set(token, (asked.get(token) ?? 0) + 1);
      await pause(latencyMs);
      response.writeHead(200, { "content-type": "application/json" }).end('{"didRevoke":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return {
    asked,
    origin: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A token sealed as lib/grants/vault.ts does. */
function seal(key: Buffer, grantId: string, token: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: 16 });
  const bound = ["v1", "k1", "Grant", "sealedToken", grantId];
  cipher.setAAD(Buffer.from(bound.map((part) => `${Buffer.byteLength(part)}:${part}`).join("")));
  const sealed = Buffer.concat([cipher.update(token), cipher.final()]);
  return ["v1", "k1", ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(
    ".",
  );
}

/** As many people who have just disconnected, in a fresh table. */
async function fill(database: TestDatabase, key: Buffer, count: number): Promise<void> {
  await database.query(`TRUNCATE "User", "Grant", "RateLimit" CASCADE`);
  for (let done = 0; done < count; done += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, count - done) }, () => {
      const id = randomUUID();
      const token = randomBytes(32).toString("hex");
      return {
        id,
        sealed: seal(key, id, token),
        fingerprint: createHash("sha256").update(token).digest("hex"),
      };
    });
    await database.query(
      `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS g("id", "sealed", "fingerprint")),
         people AS (INSERT INTO "User" ("id") SELECT "id" FROM given)
       INSERT INTO "Grant" ("id", "state", "userId", "webflowUserId", "sealedToken", "fingerprint", "activatedAt", "revokingAt", "revokeReason")
       SELECT "id", 'REVOKING', "id", "id"::text, "sealed", left("fingerprint", 32), now(), now(), 'DISCONNECTED' FROM given`,
      [
        rows.map(({ id }) => id),
        rows.map(({ sealed }) => sealed),
        rows.map(({ fingerprint }) => fingerprint),
      ],
    );
  }
  await database.query(`ANALYZE "Grant"`);
}

/** Sweeps as a scheduler does, one request after the other, until nothing is left. */
async function drain(instance: AppProcess, secret: string): Promise<void> {
  for (let more = true; more; ) {
    const response = await fetch(`${instance.origin}/api/cron/sweep`, {
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(60_000),
    });
    if (!response.ok)
      throw new Error(`The sweep answered ${response.status}:\n${instance.logs().slice(-2_000)}`);
    ({ more } = await response.json());
  }
}

/** Throws when a Grant is left, or Webflow was asked twice about a token. */
async function measureSweep(grants: number): Promise<SweepFigures> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const key = randomBytes(32);
    const secret = randomBytes(32).toString("hex");
    const clientSecret = randomBytes(32).toString("hex");
    const database = await createDatabase();
    ends.push(() => database.drop());
    const webflow = await startWebflow();
    ends.push(() => webflow.stop());
    const tap = await startSqlTap(database.url);
    ends.push(() => tap.stop());

    const port = await freePort();
    const start = async (databaseUrl: string, at?: number) => {
      const instance = await startApp(at ?? (await freePort()), {
        DATABASE_URL: databaseUrl,
        AUTH_URL: `http://localhost:${port}`,
        AUTH_SECRET: randomBytes(32).toString("hex"),
        TOKEN_KEYS: `k1:${key.toString("base64")}`,
        CRON_SECRET: secret,
        WEBFLOW_CLIENT_ID: "client-of-the-benchmark",
        WEBFLOW_CLIENT_SECRET: clientSecret,
        WEBFLOW_API_URL: webflow.origin,
      });
      ends.push(() => instance.stop());
      return instance;
    };

    async function measure(count: number, instances: AppProcess[]) {
      await fill(database, key, count);
      webflow.asked.clear();
      const startedAt = performance.now();
      await Promise.all(instances.map((instance) => drain(instance, secret)));
      const seconds = (performance.now() - startedAt) / 1_000;
      const [left] = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM "Grant" WHERE "state" <> 'REVOKED' OR "sealedToken" IS NOT NULL`,
      );
      const twice = [...webflow.asked.values()].filter((times) => times > 1).length;
      if (left?.count !== 0 || twice > 0 || webflow.asked.size !== count)
        throw new Error(
          `${left?.count} are left, ${webflow.asked.size} were asked about, ${twice} of them twice`,
        );
      return { instances: instances.length, seconds, perSecond: count / seconds };
    }

    const one = await start(database.url, port);
    const two = await start(database.url);
    await measure(Math.min(200, grants), [one, two]); // warm
    const runs = [await measure(grants, [one]), await measure(grants, [one, two])];

    const counted = Math.min(1_000, grants);
    const tapped = await start(tap.url);
    await measure(1, [tapped]); // connects
    tap.clear();
    await measure(counted, [tapped]);
    return { grants, latencyMs, runs, statementsPerRevocation: tap.statements().length / counted };
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

function describe({ grants, latencyMs, runs, statementsPerRevocation }: SweepFigures): string {
  const [one, two] = runs;
  const row = ({ instances, seconds, perSecond }: SweepFigures["runs"][number]) =>
    `| ${instances} | ${seconds.toFixed(1)} s | ${perSecond.toFixed(0)} |`;
  return [
    `${grants} pending revocations, Webflow ${latencyMs} ms away:`,
    "",
    "| instances | until none is left | a second |",
    "| --- | --- | --- |",
    ...runs.map(row),
    "",
    `Two instances are ${((two?.perSecond ?? 0) / (one?.perSecond ?? 1)).toFixed(2)} times one. ` +
      `${statementsPerRevocation.toFixed(2)} SQL statements a revocation. No token was asked about twice.`,
  ].join("\n");
}

/**
 * `npm run bench -- sweep`: drains pending revocations with one instance and with two, on the production build, and prints how
 * fast. Needs TEST_POSTGRES_URL (tests/support/cluster.ts).
 */
export async function benchSweep({ grants = 10_000 } = {}): Promise<void> {
  process.stdout.write(`${describe(await measureSweep(grants))}\n`);
}
