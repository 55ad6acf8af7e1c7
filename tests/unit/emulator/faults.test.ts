import { request } from "node:http";
import { createGunzip } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { FaultAnywhere } from "../../emulator/client";
import { endpoints } from "../../emulator/domain/endpoints";
import { freshEmulator } from "./harness";

const emulator = freshEmulator();
const MEGABYTE = 1024 * 1024;

/** Adds a fault to the token endpoint and exchanges a code under it. */
async function exchangeUnder(fault: FaultAnywhere): Promise<Response> {
  const code = await emulator().newCode();
  await emulator().control.addFault({ endpoint: "token", ...fault });
  return emulator().exchange({ code });
}

async function lastRequest() {
  return (await emulator().control.requests()).at(-1);
}

describe("what is sent", () => {
  test("status: the status with Webflow's error body", async () => {
    const response = await exchangeUnder({ kind: "status", status: 500 });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: "internal_error" });
  });

  test.each(["soon", "-1", "1e9", "Fri, 31 Dec 1999 23:59:59 GMT"])(
    "status with headers: an odd Retry-After of %s",
    async (value) => {
      const headers = { "retry-after": value };
      const response = await exchangeUnder({ kind: "status", status: 429, headers });
      expect(response.status).toBe(429);
      expect(response.headers.get("retry-after")).toBe(value);
    },
  );

  test("delay: the true answer, late", async () => {
    const before = performance.now();
    const response = await exchangeUnder({ kind: "delay", ms: 120 });
    expect(response.status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(110);
  });

  test("hang: no answer while others get theirs, and none is logged", async () => {
    const code = await emulator().newCode();
    await emulator().control.addFault({ endpoint: "token", kind: "hang" });
    const abort = new AbortController();
    const state = { settled: false };
    const hung = fetch(`${emulator().origin}/oauth/access_token`, { method: "POST", signal: abort.signal })
      .catch(() => undefined)
      .finally(() => {
        state.settled = true;
      });
    // The fault is used up by the hung request, so this poll ends; only then may another exchange be sent.
    await expect.poll(async () => (await emulator().control.faults()).length).toBe(0);
    expect((await emulator().exchange({ code })).status).toBe(200);
    expect(state.settled).toBe(false);
    const entry = (await emulator().control.requests()).find((one) => one.fault === "hang");
    expect(entry).toMatchObject({ endpoint: "token", status: null });
    abort.abort();
    await hung;
  });

  test("drip: the true answer, byte by byte", async () => {
    const [user] = await emulator().control.users();
    const token = await emulator().newToken();
    await emulator().control.addFault({ endpoint: "authorized_by", kind: "drip", intervalMs: 2 });
    const response = await emulator().api("/token/authorized_by", token);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(10);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ id: user?.id });
  });

  test("drip: one byte a second unless told", async () => {
    const fault = await emulator().control.addFault({ endpoint: "token", kind: "drip" });
    expect(fault).toMatchObject({ intervalMs: 1_000, left: 1 });
  });

  test("reset: the connection breaks without an answer", async () => {
    const error: unknown = await exchangeUnder({ kind: "reset" }).catch((thrown) => thrown);
    expect(error).toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(await lastRequest()).toMatchObject({ fault: "reset", status: null });
  });

  test("half_json: a whole message with half an answer", async () => {
    const response = await exchangeUnder({ kind: "half_json" });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text.startsWith('{"token_type":"bearer"')).toBe(true);
    expect(() => JSON.parse(text)).toThrow();
  });

  test("cut: the connection ends in the middle of the answer", async () => {
    const response = await exchangeUnder({ kind: "cut" });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test("html: a web page of exactly a megabyte with status 502", async () => {
    const response = await exchangeUnder({ kind: "html", bytes: MEGABYTE });
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toHaveLength(MEGABYTE);
  });

  test("huge: 200 MB unless told, and a reader that has enough can leave", async () => {
    const response = await exchangeUnder({ kind: "huge" });
    let read = 0;
    for await (const chunk of response.body ?? []) {
      read += chunk.length;
      if (read > 5 * MEGABYTE) break;
    }
    expect(read).toBeGreaterThan(5 * MEGABYTE);
    expect((await emulator().exchange({ code: await emulator().newCode() })).status).toBe(200);
  });

  test("huge: exactly as many bytes as were asked for", async () => {
    const response = await exchangeUnder({ kind: "huge", bytes: 3 * MEGABYTE + 7 });
    expect((await response.arrayBuffer()).byteLength).toBe(3 * MEGABYTE + 7);
  });

  test("gzip_bomb: less than half a megabyte on the wire, 200 MB unpacked", async () => {
    await emulator().control.addFault({ endpoint: "introspect", kind: "gzip_bomb" });
    const sizes = await new Promise<{ wire: number; unpacked: number }>((resolve, reject) => {
      const sent = request(`${emulator().origin}/v2/token/introspect`, { agent: false }, (response) => {
        expect(response.headers["content-encoding"]).toBe("gzip");
        let [wire, unpacked] = [0, 0];
        response.on("data", (chunk: Buffer) => {
          wire += chunk.length;
        });
        const gunzip = response.pipe(createGunzip());
        gunzip.on("data", (chunk: Buffer) => {
          unpacked += chunk.length;
        });
        gunzip.once("end", () => resolve({ wire, unpacked })).once("error", reject);
      });
      sent.once("error", reject).end();
    });
    expect(sizes.wire).toBeLessThan(MEGABYTE / 2);
    expect(sizes.unpacked).toBe(200 * MEGABYTE);
  });

  test("redirect: to another host", async () => {
    const response = await exchangeUnder({
      kind: "redirect",
      location: "https://evil.example/",
    });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("https://evil.example/");
  });

  test("wrong_types: every value of the true answer has another type", async () => {
    const response = await exchangeUnder({ kind: "wrong_types" });
    expect(await response.json()).toEqual({ token_type: 42, access_token: 42, scope: 42 });
  });

  test.each([false, "true", 1, null])(
    "json: a didRevoke of %j, and the token lives on",
    async (didRevoke) => {
      const token = await emulator().newToken();
      await emulator().control.addFault({ endpoint: "revoke", kind: "json", body: { didRevoke } });
      expect(await (await emulator().revoke({ access_token: token })).json()).toEqual({ didRevoke });
      expect((await emulator().ledgerOf(token)).alive).toBe(true);
    },
  );

  test("json: a 200 with an error in it", async () => {
    const body = { error: "invalid_grant", error_description: "expired" };
    const response = await exchangeUnder({ kind: "json", body });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(body);
  });
});

describe("the work", () => {
  test.each(["status", "reset", "hang", "html", "redirect", "json", "huge", "gzip_bomb"] as const)(
    "%s: the token is revoked although the answer is lost",
    async (kind) => {
      const details = { status: { status: 500 }, redirect: { location: "/" }, json: { body: {} } };
      const detail = Object.entries(details).find(([name]) => name === kind)?.[1] ?? {};
      const token = await emulator().newToken();
      const spec = { endpoint: "revoke", kind, work: "done", ...detail };
      await fetch(`${emulator().origin}/_control/faults`, { method: "POST", body: JSON.stringify(spec) });
      const abort = new AbortController();
      const lost = fetch(`${emulator().origin}/oauth/revoke_authorization`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          client_id: "client-under-test",
          client_secret: "secret-under-test",
          access_token: token,
        }),
        redirect: "manual",
        signal: abort.signal,
      }).catch(() => undefined);
      await expect.poll(async () => (await emulator().ledgerOf(token)).killedBy).toBe("revoke");
      abort.abort();
      await lost;
    },
  );

  test("is skipped unless told: the code is still good after a 500", async () => {
    const code = await emulator().newCode();
    await emulator().control.addFault({ endpoint: "token", kind: "status", status: 500 });
    expect((await emulator().exchange({ code })).status).toBe(500);
    expect((await emulator().exchange({ code })).status).toBe(200);
  });

  test("done at the token endpoint leaves a live token that nobody was told", async () => {
    await exchangeUnder({ kind: "status", status: 500, work: "done" });
    expect((await emulator().control.ledger()).tokens).toMatchObject([{ alive: true }]);
  });
});

describe("where and how often", () => {
  const statuses = async (times: number) => {
    const seen: number[] = [];
    for (let call = 0; call < times; call++) seen.push((await emulator().revoke({})).status);
    return seen;
  };

  test("once: the next request only", async () => {
    await emulator().control.addFault({ endpoint: "revoke", times: "once", kind: "status", status: 503 });
    expect(await statuses(3)).toEqual([503, 400, 400]);
  });

  test("n times", async () => {
    await emulator().control.addFault({ endpoint: "revoke", times: 2, kind: "status", status: 503 });
    expect(await statuses(3)).toEqual([503, 503, 400]);
  });

  test("until cleared", async () => {
    const spec = { endpoint: "revoke", times: "until_cleared", kind: "status", status: 503 } as const;
    await emulator().control.addFault(spec);
    expect(await statuses(4)).toEqual([503, 503, 503, 503]);
    await emulator().control.clearFaults();
    expect(await statuses(1)).toEqual([400]);
  });

  test("faults of one endpoint come in the order in which they were added", async () => {
    await emulator().control.addFault({ endpoint: "revoke", kind: "status", status: 500 });
    await emulator().control.addFault({ endpoint: "*", kind: "status", status: 503 });
    expect(await statuses(3)).toEqual([500, 503, 400]);
  });

  const paths: Record<(typeof endpoints)[number], [string, string]> = {
    authorize: ["GET", "/oauth/authorize"],
    token: ["POST", "/oauth/access_token"],
    revoke: ["POST", "/oauth/revoke_authorization"],
    introspect: ["GET", "/v2/token/introspect"],
    authorized_by: ["GET", "/v2/token/authorized_by"],
    sites: ["GET", "/v2/sites"],
    collections: ["GET", "/v2/sites/65c3d4e5a1b2c30013ef0001/collections"],
  };

  test.each(endpoints)("%s alone", async (endpoint) => {
    await emulator().control.addFault({ endpoint, times: "until_cleared", kind: "status", status: 599 });
    for (const [name, [method, path]] of Object.entries(paths)) {
      const response = await fetch(`${emulator().origin}${path}`, { method, redirect: "manual" });
      expect([name, response.status === 599]).toEqual([name, name === endpoint]);
    }
  });

  test("*: every endpoint of Webflow, but neither the people's pages nor the control API", async () => {
    await emulator().control.addFault({ endpoint: "*", times: "until_cleared", kind: "status", status: 599 });
    for (const [method, path] of Object.values(paths)) {
      expect((await fetch(`${emulator().origin}${path}`, { method })).status).toBe(599);
    }
    for (const path of ["/", "/marketplace", "/connected-apps", "/_control"]) {
      expect((await emulator().visit(path)).status).toBe(200);
    }
  });

  test.each([
    { endpoint: "nowhere", kind: "hang" },
    { endpoint: "token", kind: "explode" },
    { endpoint: "token", kind: "status" },
    { endpoint: "token", kind: "json" },
    { endpoint: "token", kind: "hang", times: 0 },
    { endpoint: "token", kind: "delay", ms: 1, typo: true },
  ])("a fault that does not exist is refused: %j", async (spec) => {
    const response = await fetch(`${emulator().origin}/_control/faults`, {
      method: "POST",
      body: JSON.stringify(spec),
    });
    expect(response.status).toBe(400);
    expect(await emulator().control.faults()).toEqual([]);
  });
});
