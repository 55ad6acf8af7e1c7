import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { errorWords } from "@/app/auth/error/messages";
import { describeDevice } from "@/app/dashboard/account/device";
import { readRetryAfter } from "@/app/too-many-requests/refuse";
import { parseCallback } from "@/lib/auth/callback-parameters";
import { toSafePath } from "@/lib/auth/safe-path";
import { EnvironmentError, parseEnv } from "@/lib/env";
import { openToken, sealToken, VaultError } from "@/lib/grants/vault";
import { scrub } from "@/lib/log";
import { refusalOf } from "@/lib/request-guard";
import { toRequestId } from "@/lib/request-id";
import { introspect, readAuthorization } from "@/lib/webflow/authorization";
import { connectErrors, toConnectError } from "@/lib/webflow/errors";
import { retryAfterSeconds } from "@/lib/webflow/http";
import { revokeAuthorization } from "@/lib/webflow/revocation";
import { parseTokenAnswer } from "@/lib/webflow/token";
import { type AnsweringServer, startAnsweringServer } from "../support/answering-server";

const secrets = vi.hoisted(() => ({
  list: ["our-own-auth-secret-0123456789ab"],
  key: Buffer.from(crypto.getRandomValues(new Uint8Array(32))),
}));
const webflow = vi.hoisted(() => ({ origin: "", status: 200, body: "" }));
vi.mock("@/lib/env", async (original) => ({
  ...(await original<typeof import("@/lib/env")>()),
  env: () => ({
    AUTH_URL: "https://app.example.com",
    WEBFLOW_API_URL: webflow.origin,
    WEBFLOW_OAUTH_URL: webflow.origin,
    WEBFLOW_CLIENT_ID: "client",
    WEBFLOW_CLIENT_SECRET: "secret",
    TOKEN_KEYS: [{ id: "k1", key: secrets.key }],
  }),
  knownSecrets: () => secrets.list,
}));

const origin = "https://app.example.com";
/** Any text, surrogates alone and control characters included. */
const anyText = fc.string({ unit: "binary", maxLength: 200 });
const anyJson = fc.jsonValue({ maxDepth: 4 });

/** What Webflow might send, right, nearly right, or not JSON at all. */
const anyBody = fc.oneof(
  anyJson.map((value) => JSON.stringify(value)),
  anyText,
);
const anyStatus = fc.constantFrom(200, 201, 302, 400, 401, 403, 404, 418, 429, 500, 502, 503);

let server: AnsweringServer;
beforeAll(async () => {
  server = await startAnsweringServer((_, response) => response.writeHead(webflow.status).end(webflow.body));
  webflow.origin = server.origin;
});
afterAll(() => server.close());

/** Runs with a Webflow that answers everything with this. */
function withWebflow<T>(status: number, body: string, work: () => Promise<T>): Promise<T> {
  Object.assign(webflow, { status, body });
  return work();
}

describe("whatever comes in, never anything else comes out:", () => {
  test("a callback is one of four kinds, and an error one of our codes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("code", "state", "error", "x", "__proto__"), anyText), {
          maxLength: 5,
        }),
        (pairs) => {
          const parsed = parseCallback(new URLSearchParams(pairs));
          expect(["code", "no_state", "error", "malformed"]).toContain(parsed.kind);
          if (parsed.kind === "error") expect(connectErrors).toContain(parsed.error);
          for (const name of ["code", "state", "error"])
            if (pairs.filter(([given]) => given === name).length > 1) expect(parsed.kind).toBe("malformed");
        },
      ),
    );
  });

  test("an error code has words of ours", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(errorWords[toConnectError(value)].title.length).toBeGreaterThan(0);
      }),
    );
  });

  test("a pause, the id of a request and a browser's name are in our own words", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const seconds = readRetryAfter(new URL(`${origin}/?${new URLSearchParams({ seconds: text })}`));
        expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 9_999).toBe(true);
        expect(toRequestId(text) ?? "0".repeat(16)).toMatch(/^[0-9a-f]{16}$/);
        expect(describeDevice(text)).toMatch(
          /^A browser|^(Edge|Opera|Samsung Internet|Firefox|Chrome|Safari)( on [\w]+)?$/,
        );
      }),
    );
  });

  test("where a person is sent is a path of this origin", () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        "/",
        "\\",
        ":",
        "@",
        "?",
        "#",
        ".",
        "%",
        "2",
        "f",
        "\t",
        "\n",
        "a",
        "https:",
        "//",
        "evil.example",
      ),
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          nasty,
          anyText,
          nasty.map((rest) => `${origin}${rest}`),
          fc.webUrl(),
        ),
        (value) => {
          const path = toSafePath(value, origin);
          expect(new URL(path, origin).origin).toBe(origin);
          expect(path).toMatch(/^\/(?![/\\])/);
          expect(new URL(`${origin}${path}`).host).toBe("app.example.com");
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("an environment is complete, or every problem names a variable and shows no value", () => {
    const names = [
      "DATABASE_URL",
      "AUTH_SECRET",
      "AUTH_URL",
      "WEBFLOW_CLIENT_ID",
      "WEBFLOW_CLIENT_SECRET",
      "WEBFLOW_SCOPES",
      "WEBFLOW_OAUTH_URL",
      "WEBFLOW_API_URL",
      "TOKEN_KEYS",
      "CRON_SECRET",
      "CLIENT_ADDRESS_HEADER",
    ];
    const value = fc.oneof(anyText, fc.webUrl(), fc.base64String());
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (given) => {
        try {
          parseEnv({ NODE_ENV: "production", ...given });
        } catch (error) {
          if (!(error instanceof EnvironmentError)) throw error;
          for (const problem of error.problems) expect(problem).toMatch(/^[A-Z_]+ /);
          for (const text of Object.values(given))
            if (text.length > 12) expect(error.message).not.toContain(text);
        }
      }),
    );
  });

  test("D2 what was sealed opens for its own Grant, and any other text throws a VaultError", () => {
    const grantId = randomUUID();
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 2_048 }), (token) => {
        expect(openToken(grantId, sealToken(grantId, token))).toBe(token);
      }),
    );
    const sealed = sealToken(grantId, randomBytes(32).toString("hex"));
    const pieces = fc.constantFrom("v1", "k1", ".", "", ...sealed.split("."), "__proto__", "A");
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.array(pieces, { maxLength: 10 }).map((list) => list.join(".")),
        ),
        (text) => {
          fc.pre(text !== sealed);
          expect(() => openToken(grantId, text)).toThrow(VaultError);
        },
      ),
    );
  });

  test("Retry-After is nothing, or between 0 seconds and a day", () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(value, (text) => {
        const seconds = retryAfterSeconds(new Response(null, { headers: { "retry-after": text.trim() } }));
        if (seconds !== null)
          expect(seconds >= 0 && seconds <= 86_400 && Number.isFinite(seconds)).toBe(true);
      }),
    );
  });

  test("C3 a token answer is a token of visible ASCII, or a failure with one of our codes", async () => {
    const answer = fc.record(
      {
        access_token: anyJson,
        token_type: fc.oneof(fc.constantFrom("bearer", "Bearer"), anyJson),
        error: anyJson,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyBody,
          answer.map((value) => JSON.stringify(value)),
        ),
        anyStatus,
        async (body, status) => {
          const outcome = await parseTokenAnswer(new Response(body, { status })).catch((error) => error.code);
          expect(connectErrors.includes(outcome) || /^[\x21-\x7e]{1,2048}$/.test(outcome)).toBe(true);
        },
      ),
    );
  });

  test("C5 what introspect, authorized_by and the list of sites answer never throws, and proves a user only by an id", async () => {
    const ids = fc.oneof(anyJson, fc.array(fc.oneof(anyText, fc.uuid()), { maxLength: 2 }));
    const introspection = fc.record(
      {
        authorization: fc.oneof(
          anyJson,
          fc.record(
            {
              id: fc.oneof(anyJson, anyText),
              scope: fc.oneof(anyJson, anyText, fc.constant("sites:read")),
              authorizedTo: fc.oneof(
                anyJson,
                fc.record({ userIds: ids, siteIds: ids, workspaceIds: ids }, { requiredKeys: [] }),
              ),
            },
            { requiredKeys: [] },
          ),
        ),
        id: fc.oneof(anyJson, anyText),
        sites: fc.oneof(
          anyJson,
          fc.array(
            fc.record({
              id: fc.oneof(anyText, fc.uuid()),
              previewUrl: fc.oneof(anyJson, anyText, fc.webUrl()),
            }),
          ),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyBody,
          introspection.map((value) => JSON.stringify(value)),
        ),
        anyStatus,
        async (body, status) => {
          const answer = await withWebflow(status, body, () => readAuthorization("token"));
          expect(["alive", "dead", "unclear"]).toContain(answer.kind);
          if (answer.kind === "dead") expect(status).toBe(401);
          if (answer.kind === "alive") {
            const { id, user, scopes, sites, siteIds, workspaceIds } = answer.authorization;
            for (const one of [id, ...(siteIds ?? []), ...(workspaceIds ?? [])])
              if (one !== null) expect(one).toMatch(/^[\w-]{1,64}$/);
            if (user) expect(user.id).toMatch(/^[\w-]{1,64}$/);
            for (const scope of scopes ?? []) expect(scope).toMatch(/^[\w:.-]{1,64}$/);
            for (const site of sites ?? []) {
              expect(site.id).toMatch(/^[\w-]{1,64}$/);
              if (site.previewUrl)
                expect(new URL(site.previewUrl)).toMatchObject({
                  protocol: "https:",
                  username: "",
                  password: "",
                });
            }
          }
        },
      ),
    );
  });

  test("a revocation is proven only by true, invalid_token, or introspect's 401", async () => {
    const answer = fc.record(
      { didRevoke: anyJson, did_revoke: anyJson, error: anyJson },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyBody,
          answer.map((value) => JSON.stringify(value)),
        ),
        anyStatus,
        async (body, status) => {
          const limits = { deadlineMs: 1_000, maxBytes: 65_536 };
          const outcome = await withWebflow(status, body, () => revokeAuthorization("token", limits));
          if (outcome.kind !== "dead") return;
          const seen = await withWebflow(status, body, () => introspect("token", limits));
          expect(/"did_?[rR]evoke": ?true|"invalid_token"/.test(body) || seen.kind === "dead").toBe(true);
        },
      ),
    );
  });

  test("a path and a POST are let through, or refused with words", async () => {
    const header = fc.string({ unit: "grapheme-ascii", maxLength: 60 }).map((text) => text.trim());
    await fc.assert(
      fc.asyncProperty(anyText, header, header, anyText, async (path, sentOrigin, type, body) => {
        const url = URL.parse(`/${path}`, origin);
        fc.pre(url !== null);
        const request = new Request(url ?? origin, {
          method: "POST",
          body,
          headers: { origin: sentOrigin, "content-type": type, "next-action": "x" },
        });
        const refusal = await refusalOf(request);
        if (sentOrigin !== origin && !url?.pathname.startsWith("/api/cron/")) expect(refusal).not.toBeNull();
        if (refusal) expect(errorWords[refusal.code].title.length).toBeGreaterThan(0);
      }),
    );
  });

  test("H2 a log line holds no token, code, JWE, session token, password or secret, and no control character", () => {
    const secret = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
      fc.constant(secrets.list[0] ?? ""),
      fc.constant(`eyJhbGciOiJkaXIifQ..${"a".repeat(30)}`),
      fc.constant("postgresql://app:hunter2@db.example/app"),
    );
    fc.assert(
      fc.property(anyText, secret, anyText, (before, hidden, after) => {
        const written = scrub(`${before} ${hidden} ${after}`);
        expect(written).not.toContain(hidden);
        expect(written).not.toContain("hunter2");
        expect(written).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
    for (let n = 0; n < 200; n++) {
      const token = randomBytes(32).toString("base64url");
      if (/\d/.test(token)) expect(scrub(`cookie ${token};`)).not.toContain(token);
    }
  });
});
