import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanEnvironment } from "../../../scripts/lib/clean-environment.mjs";
import { derivedEnvironment, planDevelopment } from "../../../scripts/lib/development.mjs";
import { readConfiguration } from "../../../scripts/lib/local-env.mjs";
import { projectRoot } from "../../../scripts/lib/paths.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "configuration-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

/** What Next.js itself reads from the folder. */
function readByNext(environment: Record<string, string>): Record<string, string> {
  const loader = createRequire(createRequire(import.meta.url).resolve("next")).resolve("@next/env");
  const script = `require(${JSON.stringify(loader)}).loadEnvConfig(${JSON.stringify(folder)}, true, console);
    console.log(JSON.stringify(process.env))`;
  const env = { PATH: process.env.PATH, ...environment } as unknown as NodeJS.ProcessEnv;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { env, encoding: "utf8" }));
}

describe("the developer's configuration", () => {
  test("the environment wins over .env.local, and .env.local over .env", () => {
    write(".env", "A=env\nB=env\nC=env\n");
    write(".env.local", "A=local\nB=local\n");
    expect(readConfiguration(folder, { A: "process" })).toEqual({ A: "process", B: "local", C: "env" });
  });

  test("a copied .env.example configures nothing", () => {
    write(".env.local", "DATABASE_URL=\nWEBFLOW_CLIENT_ID=\n");
    expect(readConfiguration(folder, { WEBFLOW_CLIENT_SECRET: " " })).toEqual({});
  });

  test("a value reads the same for the scripts and for Next.js", () => {
    write(
      ".env",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a .env file's syntax
      'HOST=db\nDATABASE_URL="postgres://u:pa\\$word@${HOST}/${NAME:-app}"\nPLAIN=$HOST\nNONE=x${NOWHERE}y\n',
    );
    const read = readConfiguration(folder, {});
    expect(read.DATABASE_URL).toBe("postgres://u:pa$word@db/app");
    expect(readByNext({})).toMatchObject(read);
  });
});

describe("what npm run dev makes of it", () => {
  test("nothing configured: a local database and the local Webflow on port 3000", () => {
    expect(planDevelopment({})).toEqual({
      embeddedDatabase: true,
      localWebflow: true,
      port: 3000,
      portIsFixed: false,
      publicOrigin: undefined,
    });
  });

  test("credentials mean the real Webflow, a database address no database of ours", () => {
    const plan = planDevelopment({
      WEBFLOW_CLIENT_ID: "id",
      WEBFLOW_CLIENT_SECRET: "secret",
      DATABASE_URL: "postgres://localhost/app",
    });
    expect(plan).toMatchObject({ embeddedDatabase: false, localWebflow: false });
  });

  test.each([
    [{ WEBFLOW_CLIENT_ID: "hush" }, "WEBFLOW_CLIENT_SECRET is not"],
    [{ WEBFLOW_CLIENT_SECRET: "hush" }, "WEBFLOW_CLIENT_ID is not"],
    [{ DIRECT_URL: "hush" }, "DATABASE_URL is not"],
    [{ PORT: "hush" }, "PORT is not a port"],
    [{ PORT: "70000" }, "PORT is not a port"],
    [{ AUTH_URL: "hush" }, "AUTH_URL is not a URL"],
    [{ AUTH_URL: "localhost:3000" }, "AUTH_URL is not a URL"],
    [{ AUTH_URL: "http://localhost:3000", PORT: "4000" }, "make them agree"],
  ])("%o is refused in words, without its value", (configuration, words) => {
    expect(() => planDevelopment(configuration as Record<string, string>)).toThrow(words);
    expect(() => planDevelopment(configuration as Record<string, string>)).not.toThrow("hush");
  });

  test("AUTH_URL on this machine fixes the port; a tunnel's does not", () => {
    expect(planDevelopment({ AUTH_URL: "http://localhost:3005" })).toMatchObject({
      port: 3005,
      portIsFixed: true,
    });
    expect(planDevelopment({ AUTH_URL: "https://me.example.dev" })).toMatchObject({
      port: 3000,
      portIsFixed: false,
    });
  });

  test("the app gets only what nobody configured", () => {
    const configuration = {
      AUTH_SECRET: "theirs",
      WEBFLOW_CLIENT_ID: "theirs",
      WEBFLOW_CLIENT_SECRET: "theirs",
    };
    const derived = derivedEnvironment(planDevelopment(configuration), {
      configuration,
      secrets: { AUTH_SECRET: "ours", TOKEN_KEYS: "ours", CRON_SECRET: "ours", WEBFLOW_CLIENT_ID: "ours" },
      databaseUrl: "postgres://local",
      origin: "http://localhost:3000",
      emulatorOrigin: undefined,
    });
    expect(derived).toEqual({
      AUTH_URL: "http://localhost:3000",
      TOKEN_KEYS: "ours",
      CRON_SECRET: "ours",
      DATABASE_URL: "postgres://local",
      DIRECT_URL: "postgres://local",
    });
  });
});

describe("the environment of tests", () => {
  test("holds nothing that leads to a database or an app that somebody uses", () => {
    const environment = {
      PATH: "/bin",
      DATABASE_URL: "postgres://prod",
      WEBFLOW_CLIENT_SECRET: "x",
      NODE_OPTIONS: "-r x",
    };
    expect(Object.keys(cleanEnvironment(environment))).toEqual([
      "NEXT_TELEMETRY_DISABLED",
      "__NEXT_PROCESSED_ENV",
      "PATH",
    ]);
  });

  test("keeps Next.js from reading the developer's .env files", () => {
    write(".env", "DATABASE_URL=postgres://prod\n");
    write(".env.production.local", "DATABASE_URL=postgres://prod\n");
    expect(readByNext({ NODE_ENV: "production" })).toHaveProperty("DATABASE_URL");
    expect(readByNext(cleanEnvironment({ PATH: process.env.PATH }))).not.toHaveProperty("DATABASE_URL");
  });

  test("the checkout of these scripts is found, wherever they are called from", () => {
    expect(readConfiguration(projectRoot, {})).toBeTypeOf("object");
  });
});
