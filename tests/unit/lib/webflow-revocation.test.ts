import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setEnvironment } from "../../support/environment";

const limits = { deadlineMs: 500, maxBytes: 64 * 1024 };
/** What each of Webflow's two hosts was asked, and how it answers. */
let hosts: { api: Host; web: Host };
let revoke: typeof import("@/lib/webflow/revocation").revokeAuthorization;

interface Host {
  origin: string;
  asked: string[];
  answer: RequestListener;
  server: Server;
}

async function startHost(): Promise<Host> {
  const host: Host = {
    origin: "",
    asked: [],
    answer: (_, response) => response.writeHead(404).end(),
    server: createServer((request, response) => {
      host.asked.push(`${request.method} ${request.url}`);
      host.answer(request, response);
    }),
  };
  await new Promise<void>((resolve) => host.server.listen(0, "127.0.0.1", resolve));
  const address = host.server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  host.origin = `http://127.0.0.1:${address.port}`;
  return host;
}

const json =
  (status: number, body: unknown, headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

beforeEach(async () => {
  // The environment is read once, so the modules are read anew.
  vi.resetModules();
  hosts = { api: await startHost(), web: await startHost() };
  setEnvironment({
    DATABASE_URL: "postgresql://127.0.0.1/unused",
    WEBFLOW_OAUTH_URL: hosts.web.origin,
    WEBFLOW_API_URL: hosts.api.origin,
  });
  ({ revokeAuthorization: revoke } = await import("@/lib/webflow/revocation"));
});
afterEach(async () => {
  for (const { server } of [hosts.api, hosts.web]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const revokePath = "POST /oauth/revoke_authorization";
const introspectPath = "GET /v2/token/introspect";

describe("a token counts as dead", () => {
  test.each([
    ["when Webflow's page's word is true", 200, { didRevoke: true }],
    ["when its newer word is true", 200, { did_revoke: true }],
    ["when Webflow does not know it any more", 400, { error: "invalid_token" }],
  ])("%s, and nobody else is asked", async (_, status, body) => {
    hosts.api.answer = json(status, body);
    expect(await revoke("token", limits)).toEqual({ kind: "dead" });
    expect([hosts.api.asked, hosts.web.asked]).toEqual([[revokePath], []]);
  });

  test("when the newer page's host revokes it, because the older page's has no such address", async () => {
    hosts.web.answer = json(200, { did_revoke: true });
    expect(await revoke("token", limits)).toEqual({ kind: "dead" });
    expect([hosts.api.asked, hosts.web.asked]).toEqual([[revokePath], [revokePath]]);
  });

  test("when neither host has the address, but introspect refuses the token", async () => {
    hosts.api.answer = (request, response) =>
      request.url === "/v2/token/introspect"
        ? json(401, { code: "not_authorized" })(request, response)
        : response.writeHead(404).end();
    expect(await revoke("token", limits)).toEqual({ kind: "dead" });
    expect([hosts.api.asked, hosts.web.asked]).toEqual([[revokePath, introspectPath], [revokePath]]);
  });
});

describe("a token counts as alive", () => {
  test.each([
    ["after 503", 503, {}, "unavailable", 7],
    ["after 429", 429, {}, "rate_limited", 7],
    [
      "when our credentials are refused, whatever the status",
      500,
      { error: "invalid_client" },
      "invalid_client",
      null,
    ],
  ] as const)("%s: nothing more is asked", async (_, status, body, reason, retryAfterSeconds) => {
    hosts.api.answer = json(status, body, { "retry-after": "7" });
    expect(await revoke("token", limits)).toEqual({ kind: "pending", reason, retryAfterSeconds });
    expect([hosts.api.asked, hosts.web.asked]).toEqual([[revokePath], []]);
  });

  test("when true comes with a status that is no success", async () => {
    hosts.api.answer = json(302, { didRevoke: true });
    expect(await revoke("token", limits)).toMatchObject({ kind: "pending" });
  });

  test("when everything together takes longer than the time limit", async () => {
    // Half of it for the one call: a machine that is busy for a second changes nothing.
    const deadlineMs = 3_000;
    hosts.api.answer = (request, response) => {
      if (request.url !== "/oauth/revoke_authorization") return;
      const timer = setTimeout(() => json(200, { didRevoke: false })(request, response), deadlineMs / 2);
      response.on("close", () => clearTimeout(timer));
    };
    const startedAt = performance.now();
    const answer = await revoke("token", { ...limits, deadlineMs });
    expect(performance.now() - startedAt).toBeLessThan(deadlineMs + 300);
    expect(answer).toMatchObject({ kind: "pending", reason: "unavailable" });
    expect(hosts.api.asked).toEqual([revokePath, introspectPath]);
  });
});
