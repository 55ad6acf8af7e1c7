import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { takeLock } from "../../../scripts/lib/lock.mjs";
import { inspectProcess } from "../../../scripts/lib/process-info.mjs";
import { createProcesses } from "../../../scripts/lib/processes.mjs";

const library = new URL("../../../scripts/lib/", import.meta.url).href;
let folder: string;
const spawned: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "processes-"));
});
afterEach(() => {
  for (const child of spawned.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a script as another command would, until it prints a line; answers that line. */
async function runScript(source: string): Promise<{ child: ChildProcess; line: string }> {
  const script = join(folder, `${spawned.length}.mjs`);
  writeFileSync(script, source);
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  spawned.push(child);
  const line = await new Promise<string>((resolve) =>
    child.stdout?.once("data", (data) => resolve(String(data).trim())),
  );
  return { child, line };
}

const waitUntil = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000, interval: 20 });

describe("the guard", () => {
  test("after kill -9 of a command, what it started ends and its temporary folder goes", {
    timeout: 30_000,
  }, async () => {
    const temporary = mkdtempSync(join(tmpdir(), "leftover-"));
    const { child, line } = await runScript(`
      import { createProcesses } from "${library}processes.mjs";
      const processes = createProcesses();
      processes.removeAtEnd(${JSON.stringify(temporary)});
      const started = processes.start({ name: "x", command: process.execPath, args: ["-e", "console.log(1); setInterval(() => {}, 1000)"],
        cwd: "/", env: {}, onLine: () => console.log(started.pid) });
    `);
    const pid = Number(line);
    expect(inspectProcess(pid)).toBeDefined();
    child.kill("SIGKILL");
    await waitUntil(() => inspectProcess(pid) === undefined && !existsSync(temporary));
  });
});

describe("stopping", () => {
  test("ends by force what does not end by itself", async () => {
    const processes = createProcesses();
    let announce = () => {};
    const ready = new Promise<void>((resolve) => {
      announce = resolve;
    });
    const child = processes.start({
      name: "stubborn",
      command: process.execPath,
      args: ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')"],
      cwd: "/",
      env: {},
      onLine: () => announce(),
    });
    await ready;
    await child.stop(100);
    expect(await child.exited).toMatchObject({ signal: "SIGKILL" });
  });

  test("starts nothing any more once everything is being stopped", async () => {
    const processes = createProcesses();
    await processes.stopAll();
    expect(() => processes.start({ name: "late", command: "true", args: [], cwd: "/", env: {} })).toThrow(
      "late",
    );
  });

  test("a program that is not there is told, not thrown", async () => {
    const { error } = await createProcesses().run({
      name: "x",
      command: "/no/such",
      args: [],
      cwd: "/",
      env: {},
    });
    expect(error?.code).toBe("ENOENT");
  });
});

describe("the lock of a checkout", () => {
  test("is held while its process lives, and says who and where", () => {
    const file = join(folder, "dev.lock");
    const lock = takeLock(file);
    if (!lock.taken) throw new Error("not taken");
    lock.update({ url: "http://localhost:3000" });
    expect(takeLock(file)).toMatchObject({
      taken: false,
      holder: { pid: process.pid, url: "http://localhost:3000" },
    });
    lock.release();
    expect(existsSync(file)).toBe(false);
    expect(takeLock(file).taken).toBe(true);
  });

  test("is free after kill -9 of its holder, and tells what the holder left running", async () => {
    const file = join(folder, "dev.lock");
    const { child, line } = await runScript(`
      import { takeLock } from "${library}lock.mjs";
      const lock = takeLock(${JSON.stringify(file)});
      lock.update({ children: [{ pid: 1, identity: "x" }] });
      console.log(lock.taken);
      setInterval(() => {}, 1000);
    `);
    expect(line).toBe("true");
    expect(takeLock(file).taken).toBe(false);
    child.kill("SIGKILL");
    await waitUntil(() => inspectProcess(child.pid ?? 0) === undefined);
    expect(takeLock(file)).toMatchObject({
      taken: true,
      abandoned: { children: [{ pid: 1, identity: "x" }] },
    });
  });

  test("a number that another process has by now does not hold it", () => {
    const file = join(folder, "dev.lock");
    writeFileSync(file, JSON.stringify({ pid: process.pid, identity: "an earlier one", file }));
    expect(takeLock(file).taken).toBe(true);
  });

  test("a copied checkout does not inherit it, and a broken file does not hold it", () => {
    takeLock(join(folder, "dev.lock"));
    copyFileSync(join(folder, "dev.lock"), join(folder, "copy.lock"));
    expect(takeLock(join(folder, "copy.lock"))).toMatchObject({ taken: true, abandoned: undefined });
    writeFileSync(join(folder, "broken.lock"), "");
    expect(takeLock(join(folder, "broken.lock")).taken).toBe(true);
    expect(readFileSync(join(folder, "broken.lock"), "utf8")).toContain(`${process.pid}`);
  });
});
