import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { projectRoot } from "../../scripts/lib/paths.mjs";

/**
 * A copy of the production build from which proxy.ts has been taken out, for `next start`: what is left is exactly what runs
 * when somebody deletes that file, or when a platform skips it.
 */
export function withoutProxy(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "without-proxy-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const name of [".next", "public", "next.config.mjs", "lib/security-headers.mjs", "package.json"]) {
      cpSync(join(projectRoot, name), join(folder, name), {
        recursive: true,
        filter: (source) => !["cache", "dev", "trace"].includes(basename(source)),
      });
    }
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    edit(join(folder, ".next/server/middleware-manifest.json"), (manifest) => ({
      ...manifest,
      middleware: {},
      sortedMiddleware: [],
    }));
    // Of the Node.js runtime, which proxy.ts has in Next 16.
    edit(join(folder, ".next/server/functions-config-manifest.json"), (manifest) => ({
      ...manifest,
      functions: {},
    }));
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function edit(path: string, change: (content: Record<string, unknown>) => Record<string, unknown>): void {
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")))));
}
