import { randomBytes } from "node:crypto";
import { encode } from "next-auth/jwt";
import { expect, test, vi } from "vitest";

const secret = vi.hoisted(() => crypto.randomUUID() + crypto.randomUUID());
vi.mock("@/lib/env", () => ({
  env: () => ({ PREVIEW_AUTH_SECRET: secret, PREVIEW_ORIGINS: ["https://app-*-team.vercel.app"] }),
}));
const { previewCallback } = await import("@/lib/auth/preview");

const callback = "/api/auth/callback/webflow";

async function forwarded(origin: string, sealedWith = secret): Promise<string | undefined> {
  const state = await encode({ token: { origin }, secret: sealedWith, salt: "encodedState" });
  return (await previewCallback(new URLSearchParams({ code: "c", state })))?.origin;
}

test("a callback goes on to a preview that the list names, and whose secret sealed the address", async () => {
  const origin = "https://app-one-team.vercel.app";
  expect(await forwarded(`${origin}${callback}`)).toBe(origin);
  expect(await forwarded(`${origin}${callback}`, randomBytes(32).toString("hex"))).toBeUndefined();
});

test.each([
  "https://user:pw@app-one-team.vercel.app",
  "https://user@app-one-team.vercel.app",
  "https://:pw@app-one-team.vercel.app",
  "https://app-one-team.vercel.app@evil.example",
  "https://app-one-team.vercel.app.evil.example",
  "https://app-one.evil-team.vercel.app",
  "http://app-one-team.vercel.app",
])("a callback never goes on to %s", async (origin) => {
  expect(await forwarded(`${origin}${callback}`)).toBeUndefined();
});
