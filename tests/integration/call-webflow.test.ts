import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { FaultSpec } from "../emulator/client";
import { type Domain, jonas, mira, startDomain } from "../support/domain";

let domain: Domain;
let grants: Domain["grants"];
let emulator: Domain["emulator"];
let connect: Domain["connect"];
let stateOf: Domain["stateOf"];

beforeAll(async () => {
  domain = await startDomain();
  ({ grants, emulator, connect, stateOf } = domain);
});
afterEach(() => domain.reset());
afterAll(() => domain?.stop());

const listSites = ({ userId, grantId }: { userId: string; grantId: string }) =>
  grants.callWebflow(userId, grantId, async (webflow) =>
    ((await webflow.sites.list()).sites ?? []).map(({ displayName }) => displayName),
  );

test.each([5_000, 3_400, 3_000])(
  "what Webflow answered in time is read, although this process was frozen until %d ms, after the deadline",
  async (frozenUntil) => {
    const { readOwner } = await import("@/lib/webflow/authorization");
    const token = await domain.issueToken();
    await emulator.control.addFault({ endpoint: "*", kind: "delay", ms: 1_500, times: 2 });
    const startedAt = performance.now();
    const asking = readOwner(token, { deadlineMs: 3_000, maxBytes: 64 * 1024 });
    await expect.poll(() => domain.countRequests("introspect")).toBe(1);
    const left = frozenUntil - (performance.now() - startedAt);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, left);
    expect(await asking).toBe(mira);
  },
);

describe("a call of the Data API", () => {
  test("answers with what Webflow says, through Webflow's own client", async () => {
    expect(await listSites(await connect())).toEqual({ kind: "ok", value: ["Harbour & Pine"] });
  });

  test("is made for the owner of a live connection only: nobody else's token is ever opened", async () => {
    const { userId, grantId } = await connect();
    const other = await connect({ userId: jonas });
    await emulator.control.clearRequests();
    expect(await listSites({ userId: other.userId, grantId })).toEqual({ kind: "not_connected" });
    expect(await listSites({ userId, grantId: randomUUID() })).toEqual({ kind: "not_connected" });
    await grants.db().$executeRaw`UPDATE "Grant" SET "state" = 'REVOKING' WHERE "id" = ${grantId}::uuid`;
    expect(await listSites({ userId, grantId })).toEqual({ kind: "not_connected" });
    expect(await emulator.control.requests()).toEqual([]);
  });

  test("with a token that was withdrawn at Webflow says so, and the connection is LOST", async () => {
    const connection = await connect();
    await emulator.control.uninstall(mira);
    expect(await listSites(connection)).toEqual({ kind: "withdrawn" });
    expect(await stateOf(connection.grantId)).toBe("LOST");
  });

  test("that is answered 401 although the token lives is refused, and the connection stays", async () => {
    const connection = await connect();
    await emulator.control.addFault({ endpoint: "sites", kind: "status", status: 401, times: 1 });
    expect(await listSites(connection)).toEqual({ kind: "refused", status: 401 });
    expect(await stateOf(connection.grantId)).toBe("ACTIVE");
    // Nobody pressed "Check now".
    expect(await grants.db().activity.count({ where: { type: "CHECKED" } })).toBe(0);
  });

  test.each(["before", "while"])(
    "that is answered 401 because its connection was ended here, %s introspect is asked, is not connected",
    async (when) => {
      const { userId, grantId } = await connect();
      await emulator.control.uninstall(mira);
      if (when === "while")
        await emulator.control.addFault({ endpoint: "introspect", kind: "delay", ms: 500, times: 1 });
      const result = grants.callWebflow(userId, grantId, async (webflow) => {
        if (when === "before") await grants.requestDisconnect(userId, grantId);
        return webflow.sites.list();
      });
      if (when === "while") {
        await expect.poll(() => domain.countRequests("introspect")).toBe(1);
        await grants.requestDisconnect(userId, grantId);
      }
      expect(await result).toEqual({ kind: "not_connected" });
    },
  );

  test("that is answered 401 while introspect does not answer is unavailable, and the connection stays", async () => {
    const connection = await connect();
    for (const endpoint of ["sites", "introspect"] as const)
      await emulator.control.addFault({ endpoint, kind: "status", status: endpoint === "sites" ? 401 : 503 });
    expect(await listSites(connection)).toEqual({ kind: "unavailable" });
    expect(await stateOf(connection.grantId)).toBe("ACTIVE");
  });

  test("without the scope that it needs names the scope", async () => {
    const { userId, grantId } = await connect();
    const [site] = (await emulator.control.users()).find(({ id }) => id === mira)?.sites ?? [];
    expect(
      await grants.callWebflow(userId, grantId, (webflow) => webflow.collections.list(site?.id ?? "")),
    ).toEqual({ kind: "missing_scopes", scopes: ["cms:read"] });
  });

  test("for something that is not there says with which status it was refused", async () => {
    const { userId, grantId } = await connect();
    expect(
      await grants.callWebflow(userId, grantId, (webflow) => webflow.sites.get("65c3d4e5a1b2c30013efffff")),
    ).toEqual({ kind: "refused", status: 404 });
  });

  test("over the rate limit says how long to wait, and does not wait or retry itself", async () => {
    const connection = await connect();
    await emulator.control.setSwitches({ rateLimit: 1 });
    await emulator.control.clearRequests();
    await listSites(connection);
    expect(await listSites(connection)).toEqual({ kind: "rate_limited", retryAfterSeconds: 60 });
    expect(await domain.countRequests("sites")).toBe(2);
  });

  const outages: FaultSpec[] = [
    { endpoint: "sites", kind: "status", status: 503, times: "until_cleared" },
    { endpoint: "sites", kind: "html", times: "until_cleared" },
    { endpoint: "sites", kind: "html", status: 200, times: "until_cleared" },
    { endpoint: "sites", kind: "reset", times: "until_cleared" },
    { endpoint: "sites", kind: "half_json", times: "until_cleared" },
    { endpoint: "sites", kind: "huge", times: "until_cleared" },
    { endpoint: "sites", kind: "gzip_bomb", times: "until_cleared" },
    { endpoint: "sites", kind: "redirect", location: "http://127.0.0.1:9/", times: "until_cleared" },
    // Names that every object has: the SDK throws at them.
    { endpoint: "sites", kind: "json", body: { sites: [{ constructor: "Lotus" }] }, times: "until_cleared" },
    { endpoint: "sites", kind: "json", body: JSON.parse('{"__proto__":{}}'), times: "until_cleared" },
    // So many that the SDK would hold up everybody: it takes the square of them in time.
    { endpoint: "sites", kind: "json", body: { sites: Array(10_001).fill(0) }, times: "until_cleared" },
    {
      endpoint: "sites",
      kind: "json",
      body: { sites: Array(20).fill({ customDomains: Array(2_500).fill({}) }) },
      times: "until_cleared",
    },
    // Nothing at all.
    { endpoint: "sites", kind: "status", status: 200, body: "", times: "until_cleared" },
    { endpoint: "sites", kind: "status", status: 204, body: "", times: "until_cleared" },
    { endpoint: "sites", kind: "status", status: 304, body: "", times: "until_cleared" },
  ];
  test.each(outages)(
    "met by an outage ($kind $status) is unavailable, is not asked again, and the connection stays",
    async (outage) => {
      const connection = await connect();
      await emulator.control.addFault(outage);
      await emulator.control.clearRequests();
      const before = process.memoryUsage().rss;
      expect(await listSites(connection)).toEqual({ kind: "unavailable" });
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
      // But where it ends a connection that was kept from an earlier call: that may have been over before.
      expect(await domain.countRequests("sites")).toBe(outage.kind === "reset" ? 2 : 1);
      expect(await stateOf(connection.grantId)).toBe("ACTIVE");
    },
  );

  /** As something between Webflow and here may refuse: the SDK throws at an error without a body of Webflow's own form. */
  const answers = [
    ["application/json", ""],
    ["application/json", "null"],
    ["application/json", '"no"'],
    ["application/json", "[]"],
    ["application/json", '{"constructor":1}'],
    ["text/html", "<p>No</p>"],
    ["text/plain", "no"],
    ["text/plain", "{}"],
  ] as const;
  const refusals = [
    { status: 400, result: { kind: "refused", status: 400 } },
    { status: 401, result: { kind: "refused", status: 401 } },
    { status: 403, result: { kind: "refused", status: 403 } },
    { status: 404, result: { kind: "refused", status: 404 } },
    { status: 429, result: { kind: "rate_limited", retryAfterSeconds: 7 } },
    { status: 500, result: { kind: "unavailable" } },
  ];
  test.each(refusals)("refused by $status says so, whatever the answer holds", async ({ status, result }) => {
    const connection = await connect();
    for (const [type, body] of answers) {
      const headers = { "content-type": type, "retry-after": "7" };
      await emulator.control.addFault({ endpoint: "sites", kind: "status", status, body, headers });
      expect(await listSites(connection), `${type} ${body}`).toEqual(result);
    }
    expect(await stateOf(connection.grantId)).toBe("ACTIVE");
  });

  test.each([
    ["7200", 3_600],
    ["0", 60],
    ["0x10", 60],
    ["soon", 60],
  ])(
    "over the rate limit with Retry-After: %s says to wait for %i seconds",
    async (after, retryAfterSeconds) => {
      const connection = await connect();
      const headers = { "retry-after": after };
      await emulator.control.addFault({ endpoint: "sites", kind: "status", status: 429, headers });
      expect(await listSites(connection)).toEqual({ kind: "rate_limited", retryAfterSeconds });
    },
  );

  test("that Webflow never finishes answering ends after ten seconds", async () => {
    const connection = await connect();
    await emulator.control.addFault({ endpoint: "sites", kind: "drip", intervalMs: 500 });
    const started = performance.now();
    expect(await listSites(connection)).toEqual({ kind: "unavailable" });
    expect(performance.now() - started).toBeLessThan(11_000);
  });

  test("whose answer is not what its caller parses is unavailable; a mistake of the caller goes through", async () => {
    const { userId, grantId } = await connect();
    const parsed = grants.callWebflow(userId, grantId, async (webflow) =>
      z.object({ sites: z.string() }).parse(await webflow.sites.list()),
    );
    expect(await parsed).toEqual({ kind: "unavailable" });
    const mistake = grants.callWebflow(userId, grantId, () => Promise.reject(new RangeError("mine")));
    await expect(mistake).rejects.toThrow("mine");
  });

  test("with a sealed token that does not open asks Webflow nothing", async () => {
    const connection = await connect();
    await grants.db().$executeRaw`UPDATE "Grant" SET "sealedToken" = 'v1.k9.AA.AA.AA'`;
    await emulator.control.clearRequests();
    expect(await listSites(connection)).toEqual({ kind: "unavailable" });
    expect(await emulator.control.requests()).toEqual([]);
  });
});
