import { expect, test } from "vitest";
import { randomBytes } from "../../../lib/random-bytes";

test("random bytes come once, in the number that was asked for, past the end of what was drawn at once", () => {
  const sizes = [18, 8, 4_096, 1];
  const seen = new Set<string>();
  for (let turn = 0; turn < 1_000; turn++) {
    const size = sizes[turn % 2] ?? 0;
    const text = randomBytes(size).toString("hex");
    expect(text).toHaveLength(2 * size);
    seen.add(text);
  }
  expect(seen.size).toBe(1_000);
  for (const size of sizes) expect(randomBytes(size)).toHaveLength(size);
});
