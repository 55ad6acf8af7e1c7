import { defineConfig } from "@playwright/test";
import base from "../../playwright.config";

/** Pictures of every page and state, for people to look at: `npm run screenshots`. */
export default defineConfig({
  ...base,
  testDir: ".",
  testMatch: "*.spec.ts",
  globalSetup: "../support/cluster.ts",
  outputDir: "../../test-results/screenshots",
});
