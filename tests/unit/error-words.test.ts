import { describe, expect, test } from "vitest";
import { errorWords } from "@/app/auth/error/messages";
import { connectErrors, toConnectError } from "@/lib/webflow/errors";

describe("words for every failed connection", () => {
  test.each(connectErrors)("%s says what happened and whose turn it is, without jargon", (code) => {
    const { title, happened, next } = errorWords[code];
    expect(title).toMatch(/^[A-Z][^.]+$/);
    expect(happened).toMatch(/^[A-Z].+\.$/);
    expect(next).toMatch(/^(Your turn|It is our turn|It is Webflow's turn)\b.+\.$/);
    expect(`${title} ${happened} ${next}`).not.toMatch(/OAuth|token|scope|redirect|_|client|server error/i);
  });

  test.each(connectErrors)("%s calls no access given back: Webflow may not have confirmed it yet", (code) => {
    expect(errorWords[code].happened).not.toMatch(/gave .*access back/);
  });

  test("no two codes have the same title", () => {
    expect(new Set(connectErrors.map((code) => errorWords[code].title)).size).toBe(connectErrors.length);
  });

  test.each([undefined, "", "nonsense", "constructor", "__proto__", ["access_denied"], ["a", "b"]])(
    "%j in the query string gets the general words",
    (value) => {
      expect(toConnectError(value)).toBe("unknown");
    },
  );
});
