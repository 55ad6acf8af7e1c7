import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Vitest leaves one to itself, which is half of two, and waits most of the time. */
const everyProcessor = "100%";

export default defineConfig({
  resolve: {
    alias: {
      "@": path("."),
      // What a React server component imports in its place: tests run the server's modules.
      "server-only": path("node_modules/server-only/empty.js"),
    },
  },
  test: {
    setupFiles: ["tests/support/forget-environment.ts"],
    projects: [
      // A page that can be deleted as one folder keeps its tests there.
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts", "app/**/*.test.ts"],
          maxWorkers: everyProcessor,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          globalSetup: ["tests/support/cluster.ts"],
          maxWorkers: everyProcessor,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "security",
          include: ["tests/security/**/*.test.ts"],
          globalSetup: ["tests/support/cluster.ts"],
          maxWorkers: everyProcessor,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          globalSetup: ["tests/support/cluster.ts"],
          // Most of their time is waiting for time limits: more of them at once than there are processors.
          maxWorkers: 4,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
