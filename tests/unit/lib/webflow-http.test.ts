import { createServer, type RequestListener, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { readJsonObject, retryAfterSeconds, WebflowUnavailable, webflowFetch } from "@/lib/webflow/http";

const limits = { deadlineMs: 400, maxBytes: 1_000 };
let server: Server | undefined;

/** A Webflow that behaves as told, on a port of its own. */
async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

async function stop(): Promise<void> {
  const ending = server;
  server = undefined;
  ending?.closeAllConnections();
  await new Promise((resolve) => (ending ? ending.close(resolve) : resolve(undefined)));
}

afterEach(stop);

describe("a call to Webflow", () => {
  test("answers status, headers and body", async () => {
    const origin = await serve((_, response) =>
      response.writeHead(429, { "retry-after": "7" }).end('{"a":1}'),
    );
    const answer = await webflowFetch(origin, {}, limits);
    expect(answer.status).toBe(429);
    expect(retryAfterSeconds(answer)).toBe(7);
    expect(await readJsonObject(answer)).toEqual({ a: 1 });
  });

  test("C2 ends in time when nothing comes", async () => {
    const origin = await serve(() => {});
    await expect(webflowFetch(origin, {}, limits)).rejects.toThrow(WebflowUnavailable);
  });

  test("C2 ends in time when the body drips", async () => {
    const origin = await serve((_, response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    });
    const startedAt = performance.now();
    await expect(webflowFetch(origin, {}, limits)).rejects.toThrow(WebflowUnavailable);
    expect(performance.now() - startedAt).toBeLessThan(limits.deadlineMs * 5);
  });

  test("C2 stops reading a body that is too large, also when it was small before decompression", async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const origin = await serve((request, response) =>
      request.url === "/gzip"
        ? response.writeHead(200, { "content-encoding": "gzip" }).end(bomb)
        : response.end("x".repeat(1_001)),
    );
    await expect(webflowFetch(`${origin}/gzip`, {}, limits)).rejects.toThrow(WebflowUnavailable);
    await expect(webflowFetch(origin, {}, limits)).rejects.toThrow(WebflowUnavailable);
  });

  test("C2 follows no redirect, so that a secret reaches no other host", async () => {
    const paths: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    await expect(webflowFetch(origin, { method: "POST", body: "secret" }, limits)).rejects.toThrow(
      WebflowUnavailable,
    );
    expect(paths).toEqual(["/"]);
  });

  test("takes the final answer after informational ones (102, 103)", async () => {
    const origin = await serve((_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: "</x>; rel=preload" });
      response.end('{"a":1}');
    });
    const answer = await webflowFetch(origin, {}, limits);
    expect(answer.status).toBe(200);
    expect(await readJsonObject(answer)).toEqual({ a: 1 });
  });

  test("C2 ends in time when informational answers or headers never end", async () => {
    const endless = ["HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\n", "X-More: 1\r\n"] as const;
    for (const [first, again] of [
      ["", endless[0]],
      [endless[1], endless[2]],
    ] as const) {
      const origin = await serve(() => {});
      server?.removeAllListeners("request").on("request", ({ socket }) => {
        socket.write(first);
        const timer = setInterval(() => socket.write(again), 20);
        socket.on("error", () => {}).on("close", () => clearInterval(timer));
      });
      const startedAt = performance.now();
      await expect(webflowFetch(origin, {}, limits)).rejects.toThrow(WebflowUnavailable);
      expect(performance.now() - startedAt).toBeLessThan(limits.deadlineMs * 5);
      await stop();
    }
  });

  test("C2 stops reading a body of chunks that never ends", async () => {
    const origin = await serve((_, response) => {
      const timer = setInterval(() => response.write("x".repeat(400)), 5);
      response.on("close", () => clearInterval(timer));
    });
    const startedAt = performance.now();
    await expect(webflowFetch(origin, {}, { ...limits, deadlineMs: 10_000 })).rejects.toThrow(
      WebflowUnavailable,
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("that is cut off is no answer", async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.socket?.destroy();
    });
    await expect(webflowFetch(origin, {}, limits)).rejects.toThrow(WebflowUnavailable);
  });
});

test.each([
  ["120", 120],
  ["0", 0],
  ["999999999", 86_400],
  ["Thu, 01 Jan 2026 00:02:00 GMT", 120],
  ["Thu, 01 Jan 2025 00:00:00 GMT", 0],
  ["-5", null],
  ["soon", null],
  ["1.5", null],
  ["", null],
])("Retry-After %j means %j seconds", (value, seconds) => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfterSeconds(new Response(null, { headers: { "retry-after": value } }), now)).toBe(seconds);
});

test.each(["<html>", '{"a":', "[]", "null", "1", '"text"', ""])("%j is no JSON object", async (body) => {
  expect(await readJsonObject(new Response(body))).toBeNull();
});
