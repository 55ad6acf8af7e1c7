import { describe, expect, test } from "vitest";
import { ConnectFailure } from "@/lib/webflow/errors";
import { parseTokenAnswer } from "@/lib/webflow/token";

const token = "ab".repeat(32);
const answer = (body: unknown, status = 200) =>
  parseTokenAnswer(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
const codeOf = (result: Promise<string>) =>
  result.then(
    () => "accepted",
    (error: unknown) => (error instanceof ConnectFailure ? error.code : "another error"),
  );

describe("Webflow's answer to the code exchange", () => {
  test.each(["bearer", "Bearer"])("is a token of type %s", async (token_type) => {
    expect(await answer({ token_type, access_token: token, scope: "sites:read" })).toBe(token);
  });

  test("is a token beside an error that is null, which is none", async () => {
    expect(await answer({ token_type: "bearer", access_token: token, error: null })).toBe(token);
  });

  test.each([1, 2_048])("C3 is a token of %i characters", async (length) => {
    expect(await answer({ token_type: "bearer", access_token: "~".repeat(length) })).toHaveLength(length);
  });

  test.each(["invalid_grant", "invalid_client", "unsupported_grant_type"])(
    "says %s in `error`, whatever the status",
    async (error) => {
      expect(await codeOf(answer({ error, error_description: "<b>" }, 400))).toBe(error);
      expect(await codeOf(answer({ error, token_type: "bearer", access_token: token }, 200))).toBe(error);
    },
  );

  test.each([
    ["HTML", "<html>bad gateway</html>", 502],
    ["half JSON", `{"token_type":"bearer","access_tok`, 200],
    ["another status", { token_type: "bearer", access_token: token }, 500],
    ["an unknown error", { error: "constructor" }, 400],
    ["an error that is no text", { error: { code: 1 }, token_type: "bearer", access_token: token }, 200],
    ["no token", { token_type: "bearer" }, 200],
    ["an empty token", { token_type: "bearer", access_token: "" }, 200],
    ["a token that is a number", { token_type: "bearer", access_token: 5 }, 200],
    ["a token with a line break", { token_type: "bearer", access_token: `${token}\r\n` }, 200],
    ["a token with a space", { token_type: "bearer", access_token: "a b" }, 200],
    ["a token with an accent", { token_type: "bearer", access_token: "é" }, 200],
    ["a token of 2,049 characters", { token_type: "bearer", access_token: "a".repeat(2_049) }, 200],
    ["another token type", { token_type: "mac", access_token: token }, 200],
    ["no token type", { access_token: token }, 200],
  ])("is not believed when it is %s", async (_, body, status) => {
    expect(await codeOf(answer(body, status))).toBe("webflow_unavailable");
  });
});
