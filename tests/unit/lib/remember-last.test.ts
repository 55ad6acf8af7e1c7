import { expect, test } from "vitest";
import { rememberLast } from "@/lib/remember-last";

test("what is remembered is answered for the same only, and made once in a row", () => {
  const made: string[] = [];
  const shout = rememberLast((text) => {
    made.push(text);
    return text.toUpperCase();
  });
  expect(["a", "a", "b", "a", "", ""].map(shout)).toEqual(["A", "A", "B", "A", "", ""]);
  expect(made).toEqual(["a", "b", "a", ""]);
});
