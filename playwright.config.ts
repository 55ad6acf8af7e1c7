import { defineConfig } from "@playwright/test";

export default defineConfig({
  // A page that can be deleted as one folder keeps its test there.
  testMatch: ["tests/e2e/**/*.spec.ts", "app/**/*.spec.ts"],
  globalSetup: "./tests/support/cluster.ts",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: true,
  // A journey through every page with an accessibility scan on each takes a while on two busy cores.
  timeout: 90_000,
  forbidOnly: true,
  use: {
    browserName: "chromium",
    // Without a film, for which every test would take longer: each page is in it all the same, as it was at each step.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: true },
    launchOptions: { executablePath: process.env.PLAYWRIGHT_CHROMIUM_PATH },
  },
});
