import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { EnvironmentError, isOwnServer, parseEnv } from "@/lib/env";

/** A key that is always the same, and looks random enough. */
const key = (seed: number) => createHash("sha256").update(`${seed}`).digest("base64");

const previewSecret = key(3);

const complete: NodeJS.ProcessEnv = {
  NODE_ENV: "production",
  DATABASE_URL: "postgresql://app@localhost/app",
  AUTH_SECRET: key(4),
  AUTH_URL: "https://app.example.com",
  WEBFLOW_CLIENT_ID: "client",
  WEBFLOW_CLIENT_SECRET: "do-not-show-client-secret",
  TOKEN_KEYS: `k2:${key(2)},k1:${key(1)}`,
};

function problemsOf(change: Record<string, string | undefined>): string[] {
  try {
    parseEnv({ ...complete, ...change });
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
}

describe("the environment", () => {
  test("is complete with what .env.example calls necessary", () => {
    const env = parseEnv(complete);
    expect(env.WEBFLOW_SCOPES).toEqual(["authorized_user:read", "sites:read"]);
    expect(env.WEBFLOW_OAUTH_URL).toBe("https://webflow.com");
    expect(env.WEBFLOW_API_URL).toBe("https://api.webflow.com");
    expect(env.TOKEN_KEYS.map(({ id }) => id)).toEqual(["k2", "k1"]);
  });

  test("H1 names every problem at once and shows no value", () => {
    const message = problemsOf({
      DATABASE_URL: undefined,
      AUTH_SECRET: "too-short-value",
      AUTH_URL: "http://evil.example.com/x",
    }).join("\n");
    expect(message).toMatch(/^DATABASE_URL is missing/m);
    expect(message).toMatch(/^AUTH_SECRET must have at least 32 characters/m);
    expect(message).toMatch(/^AUTH_URL must be an origin/m);
    expect(message).not.toMatch(/too-short-value|evil\.example|do-not-show/);
  });

  test.each([
    ["not base64", "k1:not base64"],
    ["31 bytes", `k1:${Buffer.from(key(1), "base64").subarray(1).toString("base64")}`],
    ["33 bytes", `k1:${Buffer.concat([Buffer.from(key(1), "base64"), Buffer.of(1)]).toString("base64")}`],
    ["base64url", `k1:_${key(1).slice(1)}`],
    ["trailing bits that are not zero", `k1:${"0123456789".repeat(4)}01B=`],
    ["no id", key(1)],
    ["an id twice", `k1:${key(1)},k1:${key(2)}`],
    ["an empty entry", `k1:${key(1)},`],
  ])("D6 refuses token keys with %s", (_, value) => {
    expect(problemsOf({ TOKEN_KEYS: value })).toEqual([
      expect.stringMatching(/^TOKEN_KEYS (must be a list|names a key id twice)/),
    ]);
  });

  test.each([
    "https://*.vercel.app",
    "https://*",
    "https://app-*-*.vercel.app",
    "https://app.*.app",
    "https://app-*-team.vercel.app/path",
    "http://app-*-team.vercel.app",
    "app-*-team.vercel.app",
    "https://app-*@evil.example",
    "https://user:pw@app.example.com",
    "https://:pw@app.example.com",
    " ",
  ])(
    "refuses to pass callbacks on to %s, which names more than the previews of one project",
    (PREVIEW_ORIGINS) => {
      expect(problemsOf({ PREVIEW_ORIGINS, PREVIEW_AUTH_SECRET: previewSecret })).toEqual([
        expect.stringMatching(/^PREVIEW_ORIGINS /),
      ]);
    },
  );

  test("wants the previews' origins and their secret together, and a secret that is not its own", () => {
    const PREVIEW_ORIGINS = "https://app-*-team.vercel.app, https://staging.example.com";
    expect(problemsOf({ PREVIEW_ORIGINS, PREVIEW_AUTH_SECRET: previewSecret })).toEqual([]);
    expect(problemsOf({ PREVIEW_ORIGINS })).toHaveLength(1);
    expect(problemsOf({ PREVIEW_AUTH_SECRET: previewSecret })).toHaveLength(1);
    expect(problemsOf({ PREVIEW_ORIGINS, PREVIEW_AUTH_SECRET: complete.AUTH_SECRET })).toHaveLength(1);
  });

  test("knows only the callback path of another deployment as redirect proxy", () => {
    const proxy = (AUTH_REDIRECT_PROXY_URL: string) => problemsOf({ AUTH_REDIRECT_PROXY_URL });
    expect(proxy("https://app.example.com/api/auth")).toEqual([]);
    for (const url of [
      "https://app.example.com",
      "http://app.example.com/api/auth",
      "https://a.example/x/api/auth",
    ])
      expect(proxy(url)).toEqual([expect.stringMatching(/^AUTH_REDIRECT_PROXY_URL /)]);
  });

  test("D6 refuses one secret in two places, together with whatever else is wrong", () => {
    expect(problemsOf({ AUTH_SECRET: key(1) })).toEqual([
      expect.stringMatching(/^TOKEN_KEYS repeats AUTH_SECRET/),
    ]);
    expect(problemsOf({ CRON_SECRET: complete.AUTH_SECRET, WEBFLOW_CLIENT_ID: undefined })).toEqual([
      expect.stringMatching(/^WEBFLOW_CLIENT_ID is missing/),
      expect.stringMatching(/^CRON_SECRET repeats AUTH_SECRET/),
    ]);
    expect(problemsOf({ TOKEN_KEYS: `k2:${key(2)},k1:${key(2)}` })).toHaveLength(1);
  });

  test.each(["\n", " ", "ä", "\u0000"])(
    "D6 refuses a CRON_SECRET with %j in it: no header carries it",
    (odd) => {
      expect(problemsOf({ CRON_SECRET: `${key(8)}${odd}${key(9)}` })).toEqual([
        expect.stringMatching(/^CRON_SECRET must consist of visible ASCII/),
      ]);
    },
  );

  test.each([
    ["AUTH_SECRET", "change-me-change-me-change-me-change-me"],
    ["AUTH_SECRET", "a".repeat(40)],
    ["AUTH_SECRET", "abcdefg".repeat(5)],
    ["AUTH_SECRET", "abcdefgh".repeat(4)],
    ["AUTH_SECRET", `${"correct-horse-1234".repeat(2)}corr`],
    ["AUTH_SECRET", "abcdefghijklmnopqrstuvwxyz0123456789"],
    ["AUTH_SECRET", "9876543210zyxwvutsrqponmlkjihgfedcba"],
    ["AUTH_SECRET", "replace-this-with-a-long-random-string!"],
    ["AUTH_SECRET", "REPLACE_ME_WITH_SOMETHING_THAT_IS_LONG"],
    ["AUTH_SECRET", "supersecretkeythatnobodywilleverguess1"],
    ["CRON_SECRET", "insert-your-long-random-value-here-please"],
    ["CRON_SECRET", "placeholder-placeholder-placeholder"],
    ["CRON_SECRET", "todo_test_secret_todo_test_secret"],
    ["WEBFLOW_CLIENT_ID", "your-client-id"],
    ["WEBFLOW_CLIENT_ID", "test"],
    ["WEBFLOW_CLIENT_SECRET", "<client secret>"],
    ["WEBFLOW_CLIENT_SECRET", "Secret"],
    ["WEBFLOW_CLIENT_SECRET", "changeme"],
    ["WEBFLOW_CLIENT_SECRET", "xxx"],
    ["WEBFLOW_CLIENT_SECRET", "undefined"],
    ["TOKEN_KEYS", `k1:${Buffer.alloc(32).toString("base64")}`],
    ["TOKEN_KEYS", `k1:${Buffer.alloc(32, 7).toString("base64")}`],
    ["TOKEN_KEYS", `k2:${key(2)},k1:${Buffer.alloc(32, "abcdefg").toString("base64")}`],
    ["TOKEN_KEYS", `k1:${Buffer.alloc(32, "0123456789abcdef").toString("base64")}`],
    ["TOKEN_KEYS", `k1:${Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString("base64")}`],
    ["TOKEN_KEYS", `k1:${Buffer.from("change-me-change-you-change-them").toString("base64")}`],
  ])("D6 refuses a placeholder for %s", (name, value) => {
    const problems = problemsOf({ [name]: value });
    // Its name, the mend, and no value.
    expect(problems).toEqual([
      expect.stringMatching(
        new RegExp(`^${name} .*placeholder; (make|copy) .*(openssl rand|page at Webflow)`),
      ),
    ]);
    expect(problems.join()).not.toContain(value);
  });

  test.each([`${key(8)} `, `\n${key(8)}`, `${" ".repeat(32)}a8sd7f6`])(
    "D6 refuses a blank at an end, by which one secret is two: %j",
    (AUTH_SECRET) => {
      expect(problemsOf({ AUTH_SECRET })).toEqual([
        expect.stringMatching(/^AUTH_SECRET must not begin or end with a blank/),
      ]);
    },
  );

  test("D6 takes what is random for what it is, and judges nothing else of what Webflow gave", () => {
    for (const encoding of ["hex", "base64", "base64url"] as const)
      expect(problemsOf({ AUTH_SECRET: randomBytes(32).toString(encoding) })).toEqual([]);
    expect(problemsOf({ WEBFLOW_CLIENT_ID: "test-app", WEBFLOW_CLIENT_SECRET: "0011223300112233" })).toEqual(
      [],
    );
  });

  test.each([
    ["another host for the client secret", { WEBFLOW_API_URL: "https://api.webflow.com.evil.example" }],
    ["plain http off this machine", { AUTH_URL: "http://app.example.com" }],
    ["plain http to Webflow", { WEBFLOW_API_URL: "http://api.webflow.com" }],
    ["a user in the URL", { WEBFLOW_OAUTH_URL: "https://user@webflow.com" }],
    ["a password in the URL", { AUTH_URL: "https://:password@app.example.com" }],
    ["the scope openid", { WEBFLOW_SCOPES: "openid sites:read" }],
    ["a placeholder", { AUTH_SECRET: "change-me-change-me-change-me-change-me" }],
    ["another database", { DATABASE_URL: "mysql://localhost/app" }],
    [
      "a database at what follows the @ of a password",
      { DATABASE_URL: "postgresql://app:ab@cd#ef@localhost/app" },
    ],
  ])("refuses %s", (_, change) => {
    expect(problemsOf(change)).toEqual([expect.stringMatching(new RegExp(`^${Object.keys(change)[0]} `))]);
  });

  test("accepts a Webflow on this machine", () => {
    expect(
      problemsOf({ WEBFLOW_OAUTH_URL: "http://localhost:4100", WEBFLOW_API_URL: "http://127.0.0.1:4100" }),
    ).toEqual([]);
  });

  test("knows its own origin on Vercel, a preview its own", () => {
    const vercel = {
      ...complete,
      AUTH_URL: undefined,
      VERCEL: "1",
      VERCEL_URL: "app-abc.vercel.app",
      VERCEL_PROJECT_PRODUCTION_URL: "app.example.com",
    };
    expect(parseEnv({ ...vercel, VERCEL_ENV: "production" }).AUTH_URL).toBe("https://app.example.com");
    expect(parseEnv({ ...vercel, VERCEL_ENV: "preview" }).AUTH_URL).toBe("https://app-abc.vercel.app");
  });

  test("knows whether requests reach it as they were sent", () => {
    vi.stubEnv("VERCEL", "1");
    expect(isOwnServer()).toBe(false);
    vi.stubEnv("VERCEL", undefined);
    expect(isOwnServer()).toBe(true);
    vi.unstubAllEnvs();
  });

  test("takes an empty variable for one that is not set", () => {
    expect(problemsOf({ WEBFLOW_SCOPES: "", CRON_SECRET: "", WEBFLOW_API_URL: "" })).toEqual([]);
    expect(problemsOf({ WEBFLOW_CLIENT_ID: "" })).toEqual([
      expect.stringMatching(/^WEBFLOW_CLIENT_ID is missing/),
    ]);
  });
});
