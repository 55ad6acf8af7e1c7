import { expect, test } from "vitest";
import { callWords } from "./call-words";

test("what Webflow says is told as its word, and nothing else is", () => {
  expect(callWords({ kind: "withdrawn" })).toMatch(/^Webflow says that this access has ended/);
  // Taken back here, perhaps, and Webflow has not confirmed it.
  expect(callWords({ kind: "not_connected" })).not.toContain("Webflow");
});
