import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { cleanEnvironment } from "../../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../../scripts/lib/paths.mjs";
import { createProcesses } from "../../../scripts/lib/processes.mjs";

const secret = randomBytes(32).toString("hex");
const nothing = { attempted: 0, unclaimed: 0, checked: 0, pruned: 0, more: false, credentialsRefused: false };
let app: Server | undefined;

afterEach(async () => {
  const ending = app;
  app = undefined;
  ending?.closeAllConnections();
  await new Promise((resolve) => (ending ? ending.close(resolve) : resolve(undefined)));
});

/** An app that answers each sweep with the next of these; answers its origin, and how often it was asked. */
async function startApp(answers: object[]): Promise<{ origin: string; asked: () => number }> {
  let asked = 0;
  const started = createServer((request, response) => {
    const isSweep = request.url === "/api/cron/sweep" && request.headers.authorization === `Bearer ${secret}`;
    const body = isSweep ? answers[asked++] : { error: "unauthorized" };
    response.writeHead(isSweep ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  app = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return { origin: `http://127.0.0.1:${address.port}`, asked: () => asked };
}

async function sweep(origin: string, cronSecret = secret): Promise<{ code: number | null; output: string }> {
  return createProcesses().run({
    name: "sweep",
    command: process.execPath,
    args: ["scripts/sweep.mjs"],
    cwd: projectRoot,
    env: { ...cleanEnvironment(), AUTH_URL: origin, CRON_SECRET: cronSecret },
  });
}

test("npm run sweep goes on until nothing is due, and says what was done", async () => {
  const { origin, asked } = await startApp([{ ...nothing, attempted: 400, checked: 1, more: true }, nothing]);
  const { code, output } = await sweep(origin);
  expect([code, asked()]).toEqual([0, 2]);
  expect(output).toContain("400 revocations attempted, 0 unclaimed tokens given up, 1 connection checked");
});

test("npm run sweep fails, in words, when Webflow refuses the app's credentials", async () => {
  const { origin } = await startApp([{ ...nothing, credentialsRefused: true }]);
  const { code, output } = await sweep(origin);
  expect(code).toBe(1);
  expect(output).toContain("WEBFLOW_CLIENT_SECRET");
});

test("npm run sweep says so, and shows no secret, when the app refuses it", async () => {
  const { origin } = await startApp([]);
  const { code, output } = await sweep(origin, "not-the-secret-of-the-app");
  expect(code).toBe(1);
  expect(output).toContain("refuses this CRON_SECRET");
  expect(output).not.toContain("not-the-secret-of-the-app");
});
