import { expect, test, vi } from "vitest";
import { randomText } from "../../../lib/random-text";

test("each random byte is given out once, past the end of what was drawn at once", () => {
  let draws = 0;
  // Bytes that tell where they come from: 0, 1, 2, … of each draw, as numbers of four bytes.
  const draw = vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    if (!Buffer.isBuffer(array)) throw new Error("drawn into something else");
    for (let place = 0; place < array.length; place += 4) array.writeUInt32BE(draws * 10_000 + place, place);
    draws += 1;
    return array;
  });
  // Whatever an earlier draw has left: a whole one is taken anew.
  randomText(4_096, "hex");
  const given = Array.from({ length: 1_500 }, () => Number.parseInt(randomText(4, "hex"), 16));
  draw.mockRestore();
  expect(draws).toBe(3);
  expect(given).toEqual(
    Array.from({ length: 1_500 }, (_, turn) => (1 + Math.floor(turn / 1_024)) * 10_000 + (turn % 1_024) * 4),
  );
});

test("the text is that of as many bytes, and no other comes twice", () => {
  const texts = Array.from({ length: 1_000 }, () => randomText(18, "base64url"));
  for (const text of texts) expect(text).toMatch(/^[\w-]{24}$/);
  expect(randomText(8, "hex")).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(texts).size).toBe(texts.length);
});
