import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startEmulator } from "../../emulator/server";
import { app } from "./harness";

const main = fileURLToPath(new URL("../../emulator/main.ts", import.meta.url));
const secret = "canary-secret-of-the-command-line";
const environment = {
  WEBFLOW_CLIENT_ID: "cli-client",
  WEBFLOW_CLIENT_SECRET: secret,
  AUTH_URL: "http://localhost:3000",
};

interface Run {
  child: ChildProcess;
  output(): string;
  /** Resolves with the first line, rejects when the process ends without one. */
  ready: Promise<string>;
  exit: Promise<number | null>;
}

// Each test starts a process, which takes a second or two on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const runs: Run[] = [];
afterEach(() => {
  for (const { child } of runs.splice(0)) child.kill("SIGKILL");
});

function run(args: string[], env: Record<string, string | undefined> = environment): Run {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const ready = new Promise<string>((resolve, reject) => {
    const read = (text: Buffer) => {
      output += text.toString();
      if (output.includes("\n")) resolve(output.split("\n")[0] ?? "");
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", () => reject(new Error(`It ended. ${output}`)));
  });
  ready.catch(() => undefined);
  const started = { child, output: () => output, ready, exit: once(child, "close").then(([code]) => code) };
  runs.push(started);
  return started;
}

function originOf(line: string): string {
  return line.replace("Local Webflow: ", "");
}

describe("started alone", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "prints its address, serves the callback of AUTH_URL, and ends on %s although a connection hangs",
    async (signal) => {
      const { child, output, ready, exit } = run(["--port", "0"]);
      const line = await ready;
      expect(line).toMatch(/^Local Webflow: http:\/\/127\.0\.0\.1:\d+$/);
      const origin = originOf(line);
      const query = new URLSearchParams({
        response_type: "code",
        client_id: "cli-client",
        scope: "sites:read",
        redirect_uri: "http://localhost:3000/api/auth/callback/webflow",
      });
      expect((await fetch(`${origin}/oauth/authorize?${query}`)).status).toBe(200);

      const fault = { endpoint: "token", kind: "hang" };
      await fetch(`${origin}/_control/faults`, { method: "POST", body: JSON.stringify(fault) });
      const hung = fetch(`${origin}/oauth/access_token`, { method: "POST" }).catch(() => "ended");
      await expect
        .poll(async () => (await (await fetch(`${origin}/_control/faults`)).json()).length, {
          timeout: 5_000,
        })
        .toBe(0);
      child.kill(signal);
      expect(await exit).toBe(0);
      expect(await hung).toBe("ended");
      expect(output()).toBe(`${line}\n`);
    },
  );

  test("ends when its parent lets go of it", async () => {
    const { child, ready } = run(["--port", "0"]);
    await ready;
    const exit = once(child, "exit");
    child.disconnect();
    expect(await exit).toEqual([0, null]);
  });
});

describe("what cannot work is told in one sentence with the mend, and no secret", () => {
  test.each(["WEBFLOW_CLIENT_ID", "WEBFLOW_CLIENT_SECRET", "AUTH_URL"])("%s is missing", async (name) => {
    const { exit, output } = run(["--port", "0"], { ...environment, [name]: undefined });
    expect(await exit).toBe(1);
    expect(output()).toBe(`${name} is not set: set it to what the app uses, then start again.\n`);
  });

  test("AUTH_URL is no address", async () => {
    const { exit, output } = run(["--port", "0"], { ...environment, AUTH_URL: "localhost" });
    expect(await exit).toBe(1);
    expect(output()).toMatch(/^AUTH_URL is not a web address: set it to [^\n]*\n$/);
  });

  test("the port is taken", async () => {
    const other = await startEmulator({ client: app });
    try {
      const { exit, output } = run(["--port", String(other.port)]);
      expect(await exit).toBe(1);
      expect(output()).toBe(
        `Port ${other.port} is taken: stop what uses it, or choose another with --port.\n`,
      );
    } finally {
      await other.close();
    }
  });

  test.each([
    ["--port", "70000"],
    ["--prot", "1"],
  ])("arguments %s %s", async (...args) => {
    const { exit, output } = run(args);
    expect(await exit).toBe(1);
    expect(output()).toMatch(/^[^\n]*--port 4100\.\n$/);
    expect(output()).not.toContain(secret);
  });
});
