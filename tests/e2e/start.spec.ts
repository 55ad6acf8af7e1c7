import { expect, test } from "@playwright/test";
import { freePort } from "../../scripts/lib/ports.mjs";
import { startApp } from "../support/app";

test("a server whose environment is not complete says everything that is wrong, no value, and ends", async () => {
  const output = await startApp(await freePort(), { AUTH_SECRET: "a-value-not-to-show" }).then(
    () => "it started",
    (error: Error) => error.message,
  );
  expect(output).toContain("ended with exit code 1");
  for (const name of [
    "DATABASE_URL",
    "AUTH_SECRET",
    "AUTH_URL",
    "WEBFLOW_CLIENT_ID",
    "WEBFLOW_CLIENT_SECRET",
    "TOKEN_KEYS",
  ]) {
    expect(output.match(new RegExp(`^  - ${name} `, "gm")), name).toHaveLength(1);
  }
  expect(output).not.toContain("a-value-not-to-show");
});
