import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askApp } from "../../../scripts/lib/cron.mjs";
import { localSecrets } from "../../../scripts/lib/local-env.mjs";
import { takeLock } from "../../../scripts/lib/lock.mjs";
import { localDirectory } from "../../../scripts/lib/paths.mjs";

let root: string;
let app: Server;
let origin: string;
const sweep = () => askApp({ root, method: "GET", path: "/api/cron/sweep" });

beforeEach(async () => {
  vi.stubEnv("AUTH_URL", undefined);
  vi.stubEnv("CRON_SECRET", undefined);
  root = realpathSync(mkdtempSync(join(tmpdir(), "cron-")));
  const { CRON_SECRET } = localSecrets(root);
  app = createServer((request, response) => {
    const allowed = request.headers.authorization === `Bearer ${CRON_SECRET}`;
    response.writeHead(allowed ? 200 : 401).end("{}");
  });
  await new Promise<void>((resolve) => app.listen(0, resolve));
  const address = app.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  origin = `http://localhost:${address.port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  rmSync(root, { recursive: true });
});

test("with nothing configured the app of npm run dev is asked, at whatever port it got", async () => {
  const lock = takeLock(join(localDirectory(root), "dev.lock"));
  if (!lock.taken) throw new Error("the lock of a new folder is taken");
  lock.update({ url: origin });
  expect(await sweep()).toEqual({});
  lock.release();
});

test("a copied .env.example, which sets AUTH_URL only, does not ask for the secret that npm run dev made", async () => {
  writeFileSync(join(root, ".env.local"), `AUTH_URL=${origin}\nCRON_SECRET=\n`);
  expect(await sweep()).toEqual({});
});

test("an app elsewhere is never sent the secret that npm run dev made", async () => {
  vi.stubEnv("AUTH_URL", origin.replace("localhost", "127.0.0.1"));
  await expect(sweep()).rejects.toThrow("Set CRON_SECRET");
});

test("the secret is sent in the clear to nobody but this machine, and what an address holds is not shown", async () => {
  const { port } = new URL(origin);
  for (const address of [
    `http://0.0.0.0:${port}`,
    "http://app.example.com",
    "app.example.com",
    "ftp://localhost",
  ]) {
    vi.stubEnv("AUTH_URL", address);
    await expect(sweep(), address).rejects.toThrow("AUTH_URL must be the running app's origin");
  }
  vi.stubEnv("AUTH_URL", `http://somebody:password@localhost:${port}/`);
  expect(await sweep()).toEqual({});
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  await expect(sweep()).rejects.toThrow(`${origin} does not answer`);
});
