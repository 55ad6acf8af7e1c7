import { describe, expect, test } from "vitest";
import { parseCallback } from "@/lib/auth/callback-parameters";
import { toSafePath } from "@/lib/auth/safe-path";
import { connectErrors, toConnectError } from "@/lib/webflow/errors";

const parse = (query: string) => parseCallback(new URLSearchParams(query));

describe("a callback", () => {
  test("carries a code and a state", () => {
    expect(parse("code=abc&state=xyz")).toEqual({ kind: "code", code: "abc", state: "xyz" });
  });

  test("may carry what nobody asked for, which is ignored", () => {
    expect(parse("code=abc&state=xyz&iss=a&iss=b&id_token=c")).toEqual({
      kind: "code",
      code: "abc",
      state: "xyz",
    });
  });

  test("with a code but no state is never redeemed", () => {
    expect(parse("code=abc")).toEqual({ kind: "no_state" });
    expect(parse("code=abc&state=")).toEqual({ kind: "no_state" });
  });

  test.each([
    "code=a&code=b&state=s",
    "code=a&state=s&state=t",
    "error=a&error=b",
    "code=a&state=s&error=access_denied",
    "",
    "state=s",
    `code=${"a".repeat(513)}&state=s`,
    `code=a&state=${"s".repeat(4_097)}`,
    `error=${"e".repeat(257)}`,
  ])("is malformed when it says %.40s", (query) => {
    expect(parse(query)).toEqual({ kind: "malformed" });
  });

  test.each(["access_denied", "invalid_request", "unsupported_response_type"])(
    "passes on Webflow's %s",
    (error) => {
      expect(parse(`error=${error}&error_description=x&state=s`)).toEqual({ kind: "error", error });
    },
  );

  test.each(["constructor", "__proto__", "toString", "<script>", "access_denied%0d%0aSet-Cookie:a=b"])(
    "turns the error %s into `unknown`",
    (error) => {
      expect(parse(`error=${error}`)).toEqual({ kind: "error", error: "unknown" });
    },
  );
});

test("only our own codes are codes", () => {
  for (const code of connectErrors) expect(toConnectError(code)).toBe(code);
  for (const value of [undefined, null, 1, {}, ["access_denied"], "ACCESS_DENIED", ""])
    expect(toConnectError(value)).toBe("unknown");
});

describe("where a person is sent after a flow", () => {
  const origin = "https://app.example.com";

  test.each([
    ["/dashboard/activity?page=2", "/dashboard/activity?page=2"],
    [`${origin}/dashboard`, "/dashboard"],
    ["/", "/"],
  ])("%s stays on this origin", (value, path) => {
    expect(toSafePath(value, origin)).toBe(path);
  });

  test.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/dashboard",
    `${origin}.evil.example/`,
    `${origin}@evil.example/`,
    `https://user@app.example.com/`,
    "/\tevil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/..//evil.example",
    "dashboard",
    "",
    `/${"a".repeat(10_000)}`,
    `/${"€".repeat(700)}`,
    undefined,
    ["/a"],
  ])("%s goes to the dashboard", (value) => {
    expect(toSafePath(value, origin)).toBe("/dashboard");
  });
});
