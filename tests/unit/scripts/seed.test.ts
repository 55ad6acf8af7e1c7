import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanEnvironment } from "../../../scripts/lib/clean-environment.mjs";
import { projectRoot } from "../../../scripts/lib/paths.mjs";

test.each([
  "postgresql://app:hidden@db.invalid/app",
  "postgresql://app:hidden@127.0.0.1/app?host=db.invalid",
  // The driver would look at PGHOST.
  "postgresql:///app",
  "postgresql:/",
  "no address",
])("made-up people go into no database that may be elsewhere: %s", (url) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, "scripts/seed.mjs")], {
    env: { ...cleanEnvironment(), DATABASE_URL: url, PGHOST: "db.invalid" } as unknown as NodeJS.ProcessEnv,
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(`${stdout}${stderr}`).toContain("is not for certain on this machine");
  expect(`${stdout}${stderr}`).not.toContain("hidden");
});
