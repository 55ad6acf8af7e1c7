import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withClient } from "../../scripts/lib/database.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { startPostgres } from "../../scripts/lib/postgres.mjs";
import { inspectProcess } from "../../scripts/lib/process-info.mjs";
import { createProcesses, type Processes } from "../../scripts/lib/processes.mjs";

let directory: string;
let processes: Processes;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "postgres-"));
  processes = createProcesses();
});
afterEach(async () => {
  await processes.stopAll();
  rmSync(directory, { recursive: true });
});

const start = () =>
  startPostgres({ root: projectRoot, directory, elsewhere: "unused", durable: true, processes });
const query = (url: string, sql: string) =>
  withClient(url, async (client) => (await client.query(sql)).rows as Record<string, unknown>[]);

describe("the local PostgreSQL", () => {
  test("after kill -9 every committed row is there, and the stale lock file is no obstacle", async () => {
    const first = await start();
    await query(first.url(), "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
    process.kill(first.child.pid ?? 0, "SIGKILL");
    await first.child.exited;
    expect(existsSync(join(first.data, "postmaster.pid"))).toBe(true);
    const second = await start();
    expect(await query(second.url(), "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 1000 }]);
  });

  test("an orphan that still runs on the data is stopped in good order before a new one starts", async () => {
    const orphan = await start();
    await query(orphan.url(), "CREATE TABLE kept AS SELECT 1 AS n");
    const next = await start();
    expect(inspectProcess(orphan.child.pid ?? 0)).toBeUndefined();
    expect((await orphan.child.exited).code).toBe(0);
    expect(await query(next.url(), "SELECT n FROM kept")).toEqual([{ n: 1 }]);
  });

  test("a lock file with the number of a process that is not ours is no obstacle", async () => {
    const first = await start();
    await first.stop();
    const [, ...rest] = ["", first.data, "0", "5432", "", "127.0.0.1", ""];
    writeFileSync(join(first.data, "postmaster.pid"), [process.pid, ...rest].join("\n"));
    await expect(start()).resolves.toBeDefined();
    expect(inspectProcess(process.pid)).toBeDefined();
  });

  test("a process that merely names the data folder is not ended, whatever the lock file says", async () => {
    const first = await start();
    await first.stop();
    const reader = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", first.data], {
      stdio: "ignore",
    });
    try {
      await vi.waitUntil(() => inspectProcess(reader.pid ?? 0)?.command.includes(first.data));
      const lines = [reader.pid, first.data, 0, 5432, "", "127.0.0.1", ""];
      writeFileSync(join(first.data, "postmaster.pid"), lines.join("\n"));
      await expect(start()).resolves.toBeDefined();
      expect(inspectProcess(reader.pid ?? 0)).toBeDefined();
    } finally {
      reader.kill("SIGKILL");
    }
  });

  // A zombie: its parent never asks how it ended, as the first process of many containers.
  test.runIf(process.platform === "linux")(
    "a lock file with the number of a zombie is no obstacle",
    async () => {
      const first = await start();
      await first.stop();
      const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const zombie = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
        await vi.waitUntil(() => readFileSync(`/proc/${zombie}/stat`, "utf8").includes(") Z "));
        const lines = [zombie, first.data, 0, 5432, "", "127.0.0.1", ""];
        writeFileSync(join(first.data, "postmaster.pid"), lines.join("\n"));
        await expect(start()).resolves.toBeDefined();
      } finally {
        parent.kill("SIGKILL");
      }
    },
  );

  test("wants its password, which only this account can read, and has no socket file", async () => {
    const { url, data } = await start();
    const wrong = new URL(url());
    wrong.password = "wrong";
    await expect(query(wrong.href, "SELECT 1")).rejects.toThrow("the password is wrong");
    expect(statSync(join(dirname(data), "password")).mode & 0o777).toBe(0o600);
    expect(await query(url(), "SHOW unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
    expect(await query(url(), "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(url(), "SHOW fsync")).toEqual([{ fsync: "on" }]);
  });

  test("what an interrupted first start left is cleared away", async () => {
    mkdirSync(join(directory, "new-half/data"), { recursive: true });
    writeFileSync(join(directory, "new-half/data/PG_VERSION"), "18\n");
    await start();
    expect(existsSync(join(directory, "new-half"))).toBe(false);
  });

  test("data of another major version is refused in words and not touched", async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.data, "PG_VERSION"), "17\n");
    await expect(start()).rejects.toThrow(/made by PostgreSQL 17, and 18 is installed/);
    expect(readFileSync(join(first.data, "PG_VERSION"), "utf8")).toBe("17\n");
  });

  test("damaged files are said in words", async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.data, "global/pg_control"), "");
    await expect(start()).rejects.toThrow(/does not start: /);
  });

  test("starts on another port when the wished one is taken", async () => {
    const first = await start();
    const other = mkdtempSync(join(tmpdir(), "postgres-"));
    const second = await startPostgres({
      root: projectRoot,
      directory: other,
      elsewhere: "unused",
      durable: false,
      port: first.port,
      processes,
    });
    expect(second.port).not.toBe(first.port);
    await second.stop();
    rmSync(other, { recursive: true });
  });
});
