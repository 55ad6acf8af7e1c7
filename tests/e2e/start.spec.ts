import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { cleanEnvironment } from "../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/ports.mjs";

test("a server whose environment is not complete says everything that is wrong, no value, and ends", async () => {
  const next = join(projectRoot, "node_modules/next/dist/bin/next");
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [next, "start", "-p", `${await freePort()}`],
    {
      cwd: projectRoot,
      env: { ...cleanEnvironment(), NODE_ENV: "production", AUTH_SECRET: "a-value-not-to-show" },
      encoding: "utf8",
      timeout: 25_000,
    },
  );
  expect(status).toBe(1);
  for (const name of [
    "DATABASE_URL",
    "AUTH_SECRET",
    "AUTH_URL",
    "WEBFLOW_CLIENT_ID",
    "WEBFLOW_CLIENT_SECRET",
    "TOKEN_KEYS",
  ]) {
    expect(stderr.match(new RegExp(`^  - ${name} `, "gm")), name).toHaveLength(1);
  }
  expect(stdout + stderr).not.toContain("a-value-not-to-show");
});
