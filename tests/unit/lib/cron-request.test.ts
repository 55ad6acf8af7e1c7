import { timingSafeEqual } from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";
import { answerCron } from "@/lib/cron-request";

const secret = "0123456789abcdefghijklmnopqrstuv";
vi.mock("@/lib/env", () => ({ env: () => ({ CRON_SECRET: secret }) }));
vi.mock("@/lib/db", () => ({}));
vi.mock("@/lib/rate-limit", () => ({ takeFromLimit: async () => ({ allowed: true }) }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

beforeEach(() => {
  vi.mocked(timingSafeEqual).mockClear();
});

test.each([
  ["right", `Bearer ${secret}`, 200],
  ["wrong at the end", `Bearer ${secret.slice(0, -1)}x`, 401],
  ["wrong from the start", `x${"a".repeat(38)}`, 401],
  ["shorter", "Bearer x", 401],
  ["longer", `Bearer ${secret.repeat(9)}`, 401],
])(
  "H4 a secret that is %s takes one comparison in constant time, of as many bytes",
  async (_, authorization, status) => {
    const request = new Request("https://app.example.com/api/cron/sweep", { headers: { authorization } });
    expect((await answerCron(request, "sweep", async () => ({}))).status).toBe(status);
    const lengths = vi
      .mocked(timingSafeEqual)
      .mock.calls.map((pair) => pair.map(({ byteLength }) => byteLength));
    expect(lengths).toEqual([[32, 32]]);
  },
);
