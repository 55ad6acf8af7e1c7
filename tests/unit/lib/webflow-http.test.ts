import dns from "node:dns";
import { getEventListeners } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type Server } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  askWebflow,
  readJsonObject,
  retryAfterSeconds,
  WebflowUnavailable,
  webflowFetch,
} from "@/lib/webflow/http";
import { type AnsweringServer, startAnsweringServer } from "../../support/answering-server";
import { selfSigned } from "../../support/certificate";
import { until } from "../../support/until";

const limits = { deadlineMs: 400, maxBytes: 1_000 };
/** So long that only something else ends a call. */
const patient = { ...limits, deadlineMs: 60_000 };
const ending: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function start(listener: RequestListener): Promise<AnsweringServer> {
  const server = await startAnsweringServer(listener);
  ending.push(server.close);
  return server;
}

/** A Webflow that behaves as told, on a port of its own. */
async function serve(listener: RequestListener): Promise<string> {
  return (await start(listener)).origin;
}

/** A Webflow that says exactly these bytes, again and again the second ones, or closes. */
function say(first: string, again?: string): Promise<string> {
  return serve(({ socket }) => {
    socket.on("error", () => {}).write(first, "latin1");
    if (again === undefined) return socket.end();
    const timer = setInterval(() => socket.write(again), 20);
    socket.on("close", () => clearInterval(timer));
  });
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return address.port;
}

/** Why a call was no answer; fails when it was one. */
async function causeOf(call: Promise<Response>): Promise<unknown> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WebflowUnavailable);
  return error instanceof Error ? error.cause : undefined;
}

describe("a call to Webflow", () => {
  test("nothing is asked when no time is left", async () => {
    let asked = 0;
    const origin = await serve((_, response) => {
      asked++;
      response.end("{}");
    });
    for (const deadlineMs of [0, -1]) {
      const late = { ...limits, deadlineMs };
      await expect(askWebflow(new URL(origin), {}, late)).rejects.toThrow(WebflowUnavailable);
      await expect(webflowFetch(origin, {}, late)).rejects.toThrow(WebflowUnavailable);
    }
    expect((await askWebflow(new URL(origin), {}, limits)).ok).toBe(true);
    expect(asked).toBe(1);
  });

  test("answers status, headers and body", async () => {
    const origin = await serve((_, response) =>
      response.writeHead(429, { "retry-after": "7" }).end('{"a":1}'),
    );
    const answer = await webflowFetch(origin, {}, limits);
    expect(answer.status).toBe(429);
    expect(retryAfterSeconds(answer)).toBe(7);
    expect(await readJsonObject(answer)).toEqual({ a: 1 });
  });

  test.each([
    ["JSON", (response: ServerResponse) => response.end('{"a":"ü"}')],
    ["nothing", (response: ServerResponse) => response.writeHead(204).end()],
    ["not now", (response: ServerResponse) => response.writeHead(429, { "Retry-After": "7" }).end("{}")],
    ["a header twice", (response: ServerResponse) => response.setHeader("x-a", ["1", "2"]).end("x")],
    ["a mark before the text", (response: ServerResponse) => response.end("\ufeff{}")],
    ["bytes that are no text", (response: ServerResponse) => response.end(Buffer.from([0xc3, 0x28]))],
    [
      "something compressed",
      (response: ServerResponse) => response.setHeader("content-encoding", "gzip").end(gzipSync("small")),
    ],
  ])("is the same whichever way it is made: %s", async (_, answer) => {
    const url = new URL(await serve((_, response) => answer(response)));
    const [short, long] = [await askWebflow(url, {}, limits), await webflowFetch(url, {}, limits)];
    expect([short.status, short.ok]).toEqual([long.status, long.ok]);
    for (const name of ["retry-after", "Retry-After", "x-a", "x-b"])
      expect(short.headers.get(name)).toBe(long.headers.get(name));
    expect(await short.text()).toBe(await long.text());
  });

  test.each([
    ["nothing", (response: ServerResponse) => response.socket?.end()],
    ["a redirect", (response: ServerResponse) => response.writeHead(302, { location: "/" }).end()],
    ["more than the limit", (response: ServerResponse) => response.end("x".repeat(1_001))],
    ["no end", (response: ServerResponse) => response.write(" ")],
  ])("has no answer whichever way it is made: %s", async (_, answer) => {
    const url = new URL(await serve((_, response) => void answer(response)));
    for (const call of [askWebflow(url, {}, limits), webflowFetch(url, {}, limits)])
      await expect(call).rejects.toThrow(WebflowUnavailable);
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

  test.each([
    ["informational answers", "", "HTTP/1.1 103 Early Hints\r\n\r\n"],
    ["headers", "HTTP/1.1 200 OK\r\n", "X-More: 1\r\n"],
    ["a header", "HTTP/1.1 200 OK\r\nX-More: ", "1"],
    ["chunks", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\n \r\n"],
    ["trailers", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", "X-More: 1\r\n"],
  ])("C2 ends in time when there is no end of %s", async (_, first, again) => {
    const origin = await say(first, again);
    const startedAt = performance.now();
    await expect(webflowFetch(origin, {}, limits)).rejects.toThrow(WebflowUnavailable);
    expect(performance.now() - startedAt).toBeLessThan(limits.deadlineMs * 5);
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

  test("C2 ends in time when the body drips while the garbage is collected", async () => {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("gc");
    if (typeof gc !== "function") throw new Error("no gc");
    const timer = setInterval(() => gc(), 25);
    ending.push(() => clearInterval(timer));
    const server = await start((_, response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    });
    const startedAt = performance.now();
    await expect(webflowFetch(server.origin, {}, limits)).rejects.toThrow(WebflowUnavailable);
    expect(performance.now() - startedAt).toBeLessThan(limits.deadlineMs * 5);
    await until(() => server.connections().open === 0, "the connection is closed");
  });

  test("C2 waits five seconds for a connection, however long it may wait for an answer", async () => {
    const silent = createTcpServer((socket) => socket.on("error", () => {}).resume());
    const host = `127.0.0.1:${await portOf(silent)}`;
    ending.push(() => silent.close());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    ending.push(() => vi.useRealTimers());
    const causes: unknown[] = [];
    // At one nobody says a word about TLS; the other is connected, and waits for its answer.
    const [secure, plain] = ["https", "http"].map(async (protocol) => {
      causes.push(await causeOf(webflowFetch(`${protocol}://${host}`, {}, patient)));
    });
    const oneIsConnected = () => vi.getTimerCount() === 3;
    while (!oneIsConnected()) await new Promise(setImmediate);
    vi.advanceTimersByTime(4_999);
    expect(oneIsConnected()).toBe(true);
    vi.advanceTimersByTime(1);
    await secure;
    expect(causes).toEqual([new Error("no connection")]);
    vi.advanceTimersByTime(patient.deadlineMs);
    await plain;
    expect(causes[1]).toEqual(new Error("too late"));
  });

  test("C2 waits longer than that for an answer on a connection that it has kept", async () => {
    const held: (() => void)[] = [];
    const server = await start((request, response) => {
      if (request.url === "/held") held.push(() => response.end("{}"));
      else response.end("{}");
    });
    await webflowFetch(server.origin, {}, patient);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    ending.push(() => vi.useRealTimers());
    const call = webflowFetch(`${server.origin}/held`, {}, patient);
    while (held.length === 0) await new Promise(setImmediate);
    vi.advanceTimersByTime(6_000);
    held[0]?.();
    expect((await call).status).toBe(200);
    expect([held.length, server.connections().had]).toEqual([1, 1]);
  });

  test("C2 ends in time while the host is looked up, and while TLS is negotiated", async () => {
    const silent = createTcpServer((socket) => socket.on("error", () => {}).resume());
    const port = await portOf(silent);
    ending.push(() => silent.close());
    const lookup = vi.spyOn(dns, "lookup").mockReturnValue(undefined);
    ending.push(() => lookup.mockRestore());
    expect(await causeOf(webflowFetch("http://webflow.invalid", {}, limits))).toEqual(new Error("too late"));
    expect(lookup).toHaveBeenCalled();
    expect(await causeOf(webflowFetch(`https://127.0.0.1:${port}`, {}, limits))).toEqual(
      new Error("too late"),
    );
  });

  test("C2 ends in time while the caller's own body does not end, and sends nothing when it does at last", async () => {
    const server = await start((_, response) => response.end());
    let end = () => {};
    const body = new ReadableStream({
      start(controller) {
        end = () => controller.close();
      },
    });
    const init = { method: "POST", body, duplex: "half" };
    expect(await causeOf(webflowFetch(server.origin, init, limits))).toEqual(new Error("too late"));
    end();
    await webflowFetch(server.origin, {}, patient);
    expect(server.connections().had).toBe(1);
  });

  test("C2 takes as many bytes as the limit, and not one more, compressed or not", async () => {
    const origin = await serve((request, response) => {
      const body = Buffer.alloc(Number(request.url?.split("/").at(-1)), "x");
      if (request.url?.startsWith("/gzip"))
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body));
      else response.end(body);
    });
    for (const kind of ["gzip", "plain"]) {
      const answer = await webflowFetch(`${origin}/${kind}/1000`, {}, limits);
      expect(await answer.text()).toBe("x".repeat(1_000));
      for (const name of ["content-encoding", "content-length", "transfer-encoding"])
        expect(answer.headers.get(name)).toBeNull();
      await expect(webflowFetch(`${origin}/${kind}/1001`, {}, limits)).rejects.toThrow(WebflowUnavailable);
    }
  });

  test("C2 a bomb is never wholly in memory", async () => {
    const bomb = Buffer.concat(Array<Buffer>(30).fill(gzipSync(Buffer.alloc(10_000_000))));
    const origin = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    );
    const before = process.memoryUsage().rss;
    const cause = await causeOf(webflowFetch(origin, {}, { deadlineMs: 10_000, maxBytes: bomb.byteLength }));
    expect(cause).toMatchObject({ code: "ERR_BUFFER_TOO_LARGE" });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test.each([
    ["br", brotliCompressSync("{}")],
    ["zstd", Buffer.from("{}")],
    ["gzip, gzip", gzipSync(gzipSync("{}"))],
    ["gzip", gzipSync("{}").subarray(0, -1)],
    ["gzip", Buffer.from("{}")],
  ])("in an encoding that it cannot read (%s) is no answer", async (encoding, body) => {
    const origin = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(body),
    );
    await expect(webflowFetch(origin, {}, patient)).rejects.toThrow(WebflowUnavailable);
  });

  test.each([
    ["x-gzip", gzipSync("{}"), "{}"],
    ["GZIP", gzipSync("{}"), "{}"],
    ["identity", Buffer.from("{}"), "{}"],
    ["gzip", Buffer.alloc(0), ""],
  ])("is answered in the encoding %s too", async (encoding, body, text) => {
    const origin = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(body),
    );
    expect(await (await webflowFetch(origin, {}, patient)).text()).toBe(text);
  });

  test.each([301, 302, 303, 307, 308])("C2 status %i is no answer, wherever it leads", async (status) => {
    const origin = await serve((request, response) =>
      response.writeHead(status, request.url === "/" ? {} : { location: "/" }).end(),
    );
    for (const path of ["/", "/a"])
      await expect(webflowFetch(`${origin}${path}`, {}, patient)).rejects.toThrow(WebflowUnavailable);
  });

  test.each([
    [200, ""],
    [204, null],
    [205, null],
    [300, ""],
    [304, null],
    [404, ""],
    [599, ""],
  ])("status %i is an answer", async (status, text) => {
    const origin = await serve((_, response) => response.writeHead(status).end());
    const answer = await webflowFetch(origin, {}, patient);
    expect(answer.status).toBe(status);
    if (text === null) expect(answer.body).toBeNull();
    else expect(await answer.text()).toBe(text);
  });

  test("keeps every header, also one that came more than once", async () => {
    const origin = await say(
      "HTTP/1.1 200 OK\r\nx-a: 1\r\nX-A: 2\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 0\r\n\r\n",
    );
    const { headers } = await webflowFetch(origin, {}, patient);
    expect(headers.get("x-a")).toBe("1, 2");
    expect(headers.getSetCookie()).toEqual(["a", "b"]);
  });

  test.each([
    ["ends before it is whole", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"],
    ["ends before its last chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"],
    ["ends in its headers", "HTTP/1.1 200 OK\r\nx-a: 1\r\n"],
    ["ends before it starts", ""],
    ["is no HTTP", "SSH-2.0-OpenSSH\r\n"],
    ["has a status that is none", "HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n"],
    ["changes the protocol", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
    [
      "says two lengths",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["has headers without end", `HTTP/1.1 200 OK\r\nx-a: ${"x".repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`],
  ])("that %s is no answer", async (_, bytes) => {
    const cause = await causeOf(webflowFetch(await say(bytes), {}, patient));
    expect(cause).toBeInstanceOf(Error);
  });

  test.each(["before its answer", "within it"])("whose connection is reset %s is no answer", async (when) => {
    const origin = await serve(({ socket }, response) => {
      if (when === "before its answer") socket.resetAndDestroy();
      else response.write("{", () => socket.resetAndDestroy());
    });
    await expect(webflowFetch(origin, {}, patient)).rejects.toThrow(WebflowUnavailable);
  });

  test("to nobody, to no host, by no protocol or to no address is no answer", async () => {
    const closed = createTcpServer();
    const port = await portOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await causeOf(webflowFetch(`http://127.0.0.1:${port}`, {}, patient))).toMatchObject({
      code: "ECONNREFUSED",
    });
    expect(await causeOf(webflowFetch("ftp://127.0.0.1", {}, patient))).toMatchObject({
      code: "ERR_INVALID_PROTOCOL",
    });
    expect(await causeOf(webflowFetch("nowhere", {}, patient))).toBeInstanceOf(TypeError);
    // Not every network says at once that there is no such name.
    expect(await causeOf(webflowFetch("http://webflow.invalid", {}, limits))).toBeInstanceOf(Error);
  });

  test("C2 to a host whose certificate nobody vouches for sends nothing", async () => {
    let requests = 0;
    const server = createTlsServer(selfSigned(), (_, response) => {
      requests++;
      response.end("{}");
    });
    const port = await portOf(server);
    ending.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const cause = await causeOf(
      webflowFetch(`https://127.0.0.1:${port}`, { method: "POST", body: "secret" }),
    );
    expect(cause).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(requests).toBe(0);
  });

  test("ends when its caller says so: before it begins, before its answer and within it", async () => {
    let had = 0;
    const server = await start((request, response) => {
      had++;
      if (request.url === "/body") response.write("{");
      caller.abort(reason);
    });
    const reason = new Error("changed their mind");
    let caller = new AbortController();
    caller.abort(reason);
    expect(await causeOf(webflowFetch(server.origin, { signal: caller.signal }, patient))).toBe(reason);
    expect(had).toBe(0);
    for (const path of ["/", "/body"]) {
      caller = new AbortController();
      const { signal } = caller;
      expect(await causeOf(webflowFetch(`${server.origin}${path}`, { signal }, patient))).toBe(reason);
      await until(() => server.connections().open === 0, "the connection is closed");
      caller = new AbortController();
      const request = new Request(`${server.origin}${path}`, { signal: caller.signal });
      expect(await causeOf(webflowFetch(request, {}, patient))).toBe(reason);
    }
    expect(had).toBe(4);
  });

  test("leaves no timer, no listener and, when it is no answer, no connection behind", async () => {
    const server = await start((request, response) => {
      if (request.url === "/large") response.write("x".repeat(1_001));
      else if (request.url === "/moved") response.writeHead(302).write("x");
      else response.end("{}");
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    ending.push(() => vi.useRealTimers());
    const { signal } = new AbortController();
    await webflowFetch(server.origin, { signal, method: "POST" }, patient);
    for (const path of ["/large", "/moved"])
      await causeOf(webflowFetch(`${server.origin}${path}`, { signal, method: "POST" }, patient));
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    vi.useRealTimers();
    await until(() => server.connections().open === 0, "the connections are closed");
  });

  test("that must not be made twice has a connection of its own; what only reads keeps one", async () => {
    const server = await start((_, response) => response.end("{}"));
    const call = (method: string) => webflowFetch(server.origin, { method }, patient);
    for (const method of ["GET", "GET", "POST", "POST", "PATCH", "DELETE", "GET"]) await call(method);
    expect(server.connections().had).toBe(5);
  });

  test("is made again, once, when a kept connection had been closed; a new connection that is closed is no answer", async () => {
    const asked: number[] = [];
    const server = await start((request, response) => {
      const connection = request.socket.remotePort ?? 0;
      const isKept = asked.includes(connection);
      asked.push(connection);
      if (isKept || request.url === "/never") request.socket.destroy();
      else response.end("{}");
    });
    for (let call = 0; call < 2; call++)
      expect((await webflowFetch(server.origin, {}, patient)).status).toBe(200);
    expect([asked.length, new Set(asked).size]).toEqual([3, 2]);
    await causeOf(webflowFetch(`${server.origin}/never`, {}, patient));
    expect([asked.length, new Set(asked).size]).toEqual([4, 3]);
  });

  describe("sends what fetch sends:", () => {
    const url = "/v2/things?a=%20b&c=ü#fragment";
    const bearer = { authorization: "Bearer x", accept: "application/json" };
    const json = { ...bearer, "Content-Type": "application/json" };
    const form = new URLSearchParams({ code: "a b&c", grant_type: "authorization_code" });
    const calls: [string, RequestInit][] = [
      ["a question", { headers: bearer }],
      ["nothing but the address", {}],
      [
        "the exchange of a code",
        { method: "POST", headers: new Headers(bearer), body: form, redirect: "manual" },
      ],
      ["text", { method: "POST", body: "ü" }],
      ["a revocation", { method: "POST", headers: json, body: '{"a":"ü"}' }],
      [
        "a POST of nothing",
        {
          method: "POST",
          headers: [
            ["x-a", "1"],
            ["x-a", "2"],
          ],
        },
      ],
      ["a change by the SDK", { method: "PATCH", headers: json, body: "{}", credentials: undefined }],
      ["a deletion by the SDK", { method: "DELETE", headers: json, body: undefined }],
      ["a deletion of several", { method: "DELETE", headers: json, body: '{"items":[]}' }],
      ["bytes", { method: "PUT", body: new Uint8Array([0, 255, 10]) }],
      ["no bytes", { method: "POST", body: "" }],
      ["in small letters", { method: "post", body: "x", headers: { "user-agent": "mine", accept: "a/b" } }],
    ];
    /** About the connection and the transfer, or what browsers say. */
    const others = [
      "accept-encoding",
      "accept-language",
      "cache-control",
      "connection",
      "pragma",
      "sec-fetch-mode",
    ];

    async function record() {
      const seen: unknown[] = [];
      const origin = await serve(async (request, response) => {
        const { method, url, headers } = request;
        for (const name of others) delete headers[name];
        seen.push({ method, url, headers, body: Buffer.concat(await request.toArray()).toString("hex") });
        response.end();
      });
      return { seen, address: `${origin}${url}` };
    }

    test.each(calls)("%s", async (_, init) => {
      const { seen, address } = await record();
      await fetch(address, init);
      await webflowFetch(address, init, patient);
      await webflowFetch(new URL(address), init, patient);
      await webflowFetch(new Request(address, init), {}, patient);
      await webflowFetch(new Request(address), init, patient);
      expect(seen).toHaveLength(5);
      for (const one of seen) expect(one).toEqual(seen[0]);
    });

    test("the same by askWebflow", async () => {
      const { seen, address } = await record();
      for (const question of [{ headers: bearer }, { method: "POST", headers: json, body: '{"a":"ü"}' }]) {
        await fetch(address, question);
        await askWebflow(new URL(address), question, patient);
        const [one, other] = seen.splice(0);
        expect(other).toEqual(one);
      }
    });

    test("nothing at all for what no request can be", async () => {
      const { seen, address } = await record();
      const impossible: [string, RequestInit][] = [
        [address, { body: "x" }],
        [address, { method: "TRACE" }],
        [address, { headers: { "x-a": "a\nb" } }],
        [address.replace("//", "//user:password@"), {}],
      ];
      for (const [target, init] of impossible) await causeOf(webflowFetch(target, init, patient));
      expect(seen).toEqual([]);
    });
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
