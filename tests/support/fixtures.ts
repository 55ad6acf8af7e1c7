import { test as base } from "@playwright/test";
import type { EmulatorClient } from "../emulator/client";
import { type Stack, startStack } from "./stack";

/** Playwright's `test` with a stack for each worker; every test finds an empty database and a fresh local Webflow. */
export const test = base.extend<{ emulator: EmulatorClient; fresh: undefined }, { stack: Stack }>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures it needs from this pattern
    async ({}, use) => {
      const stack = await startStack();
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ stack }, use) => use(stack.app.origin),
  fresh: [
    async ({ stack }, use) => {
      await stack.database.query(
        `TRUNCATE "User", "Grant", "AuthorizationRequest", "RateLimit", "CredentialsRefusal", "RecentRevocation" CASCADE`,
      );
      await stack.emulator.control.reset();
      await use(undefined);
    },
    { auto: true },
  ],
  emulator: async ({ stack }, use) => use(stack.emulator.control),
});

export { expect } from "@playwright/test";
