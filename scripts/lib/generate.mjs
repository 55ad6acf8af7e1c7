import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem, step } from "./terminal.mjs";

/** What the generated client depends on. */
const SOURCES = ["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"];

/**
 * Generates the Prisma client without any download, unless it is up to date.
 * @param {string} root
 * @param {import("./processes.mjs").Processes} processes
 * @throws {Problem} with Prisma's own words when the schema is wrong
 */
export async function ensureGenerated(root, processes) {
  const stampFile = join(root, "node_modules/.cache/prisma-client");
  const hash = createHash("sha256");
  for (const source of SOURCES) hash.update(readFileSync(join(root, source)));
  const stamp = hash.digest("hex");
  const isThere = existsSync(join(root, "lib/generated/prisma/client.ts"));
  if (isThere && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  await step("Generating the database client", async () => {
    const { code, error, output } = await processes.run({
      name: "prisma generate",
      command: process.execPath,
      args: [join(root, "node_modules/prisma/build/index.js"), "generate"],
      cwd: root,
      env: {
        ...process.env,
        // The CLI would download its engine, which `generate` never uses: any existing file keeps it from that.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: "1",
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
      },
    });
    if (code !== 0) throw new Problem(`prisma generate failed: ${error?.message ?? `\n${output}`}`);
  });
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}
