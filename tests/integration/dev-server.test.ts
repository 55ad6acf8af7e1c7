import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { devArguments } from "../../scripts/lib/development.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/ports.mjs";
import { until } from "../support/until";

async function canConnect(port: number, host: string): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test("the dev server listens for this machine alone", async () => {
  // Nothing of the app is in it, and nothing is configured.
  const folder = mkdtempSync(join(tmpdir(), "dev-server-"));
  mkdirSync(join(folder, "app"));
  writeFileSync(join(folder, "package.json"), "{}");
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  const port = await freePort();
  const next = spawn(process.execPath, [join(projectRoot, "node_modules/.bin/next"), ...devArguments(port)], {
    cwd: folder,
    env: cleanEnvironment() as NodeJS.ProcessEnv,
    stdio: "ignore",
  });
  try {
    await until(() => canConnect(port, "localhost"), "the dev server");
    const elsewhere = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of elsewhere) expect(await canConnect(port, address), address).toBe(false);
  } finally {
    const gone = once(next, "exit");
    next.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
