import { expect, test } from "vitest";
import { text } from "@/lib/webflow/text";

test.each([
  ["Ada Lovelace", "Ada Lovelace"],
  ["  Ada\t", "Ada"],
  ["\u05d0\u05d1 \u200f\u200d\ud83d\ude00", "\u05d0\u05d1 \u200f\u200d\ud83d\ude00"],
  ["Eve\u2069\u202eevil", "Eveevil"],
  ["\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069x", "x"],
  ["one\r\ntwo\u2028three\u2029four\u0085five\u001c\u001d\u001esix", "one two three four five six"],
  ["\u1000\u103c\u103d\u1031\u102c\u1004\u103a\u1038", "\u1000\u103c\u103d\u1031\u102c\u1004\u103a\u1038"],
  ["\u202e\u2069", null],
  ["a\0b", null],
  ["a\ud800b", null],
  [" ", null],
  [7, null],
  ["x".repeat(321), null],
])("of the name %j is shown %j", (given, shown) => {
  expect(text.parse(given)).toBe(shown);
});
