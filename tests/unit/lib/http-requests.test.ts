import { once } from "node:events";
import { Agent, createServer, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";

const development = vi.hoisted(() => ({ is: false }));
vi.mock("@/lib/env", () => ({
  isDevelopment: () => development.is,
  env: () => ({ AUTH_URL: "https://tunnel.example" }),
}));
vi.mock("@/lib/request-guard", () => ({ maxBytes: 1_000_000 }));
const { watchRequests } = await import("@/lib/http-requests");

test("who announces a body and does not send it is not waited for", async () => {
  watchRequests({ arrival: 100, silence: 60_000 });
  // As Next reads it: no answer before the whole request is there.
  const server = createServer({ connectionsCheckingInterval: 20 }, (request, response) => {
    request.resume().on("end", () => response.end("whole"));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    let answer = "";
    socket.on("data", (bytes) => (answer += bytes));
    socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx");
    await once(socket, "end", { signal: AbortSignal.timeout(5_000) });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  } finally {
    server.close();
  }
});

test.each([
  ["who asks and asks and reads no answer is not kept", 50, 60_000],
  ["who does not read their one answer is not kept for ever", 1, 100],
])("%s", async (_, requests, silence) => {
  watchRequests({ arrival: 60_000, silence });
  // More than all the buffers on the way hold.
  const server = createServer((_request, response) => response.end(Buffer.alloc(20_000_000)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  try {
    const accepted = once(server, "connection");
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(requests));
    const [connection] = await accepted;
    await once(connection, "close", { signal: AbortSignal.timeout(5_000) });
  } finally {
    client.destroy();
    server.close();
  }
});

test("a body in more pieces than a network makes of a megabyte is not taken", async () => {
  watchRequests();
  let taken = 0;
  const server = createServer((request, response) => {
    request.on("data", () => (taken += 1)).on("end", () => response.end("whole"));
    request.on("error", () => {});
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const answerTo = async (pieces: number, bytes: number) => {
    taken = 0;
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    let answer = "";
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("data", (bytes) => (answer += bytes)).on("error", () => {});
    const head =
      "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    const piece = `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;
    socket.write(`${head}${piece.repeat(pieces)}0\r\n\r\n`);
    await closed;
    return answer;
  };
  try {
    expect(await answerTo(1_900, 500)).toContain("whole");
    expect(await answerTo(90, 1)).toContain("whole");
    expect(await answerTo(10_000, 500)).toBe("");
    expect(taken).toBeLessThanOrEqual(2_000);
    expect(await answerTo(100_000, 1)).toBe("");
    expect(taken).toBeLessThanOrEqual(101);
  } finally {
    server.close();
  }
});

test("of the name of a client that is longer than any is handed on what a browser's would have", async () => {
  watchRequests();
  const server = createServer((request, response) => response.end(request.headers["user-agent"]));
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const seen = async (userAgent: string) =>
      (await fetch(origin, { headers: { "user-agent": userAgent } })).text();
    expect(await seen("a-".repeat(7_000))).toBe("a-".repeat(250));
    expect(await seen("Mozilla/5.0")).toBe("Mozilla/5.0");
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("who asks again once they have their answer keeps the connection", async () => {
  watchRequests();
  const server = createServer((_request, response) => response.end(Buffer.alloc(300_000)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let connections = 0;
  server.on("connection", () => connections++);
  try {
    const { port } = server.address() as AddressInfo;
    for (let count = 0; count < 200; count++) {
      const [answer] = await once(request({ port, agent }).end(), "response");
      await once(answer.resume(), "end");
    }
    expect(connections).toBe(1);
  } finally {
    agent.destroy();
    server.close();
  }
});

test("a server that is told to stop takes one more request of a connection, and ends", async () => {
  watchRequests();
  const asked: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    asked.push(response);
    if (asked.length > 1) response.end("late");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const { port } = server.address() as AddressInfo;
    const underWay = request({ port, agent }).end();
    const late = request({ port, agent }).end();
    await once(server, "request");
    const closed = once(server, "close", { signal: AbortSignal.timeout(2_000) });
    server.close();
    asked[0]?.end("under way");
    const [first] = await once(underWay, "response");
    first.resume();
    const [second] = await once(late, "response");
    second.resume();
    expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
    await closed;
  } finally {
    agent.destroy();
    server.closeAllConnections();
  }
});

test.each([
  ["in production, is answered like everybody", false, 200],
  ["in development, where pages are refreshed over WebSocket, leaves it", true, 101],
])("who asks to leave HTTP, %s", async (_, isDevelopment, status) => {
  development.is = isDevelopment;
  watchRequests();
  const server = createServer((_request, response) => response.end("page"));
  server.on("upgrade", (_request, socket) =>
    socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, headers: { connection: "Upgrade", upgrade: "websocket" } }).end();
    const signal = AbortSignal.timeout(5_000);
    const [answer] = await Promise.race([
      once(asked, "response", { signal }),
      once(asked, "upgrade", { signal }),
    ]);
    expect(answer.statusCode).toBe(status);
    answer.resume();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe("a developer's own server", () => {
  const tool = "/__nextjs_attach-nodejs-inspector";
  const refused = "/refused?status=403";
  test.each([
    ["this machine", {}, "/dashboard", "/dashboard"],
    ["this machine by a name of its own", { host: "app.localhost:3000" }, "/dashboard", "/dashboard"],
    ["this machine by IPv6", { host: "[::1]:3000" }, "/dashboard", "/dashboard"],
    ["AUTH_URL", { host: "tunnel.example", "x-forwarded-for": "192.0.2.1" }, "/dashboard", "/dashboard"],
    ["another name that leads here", { host: "evil.example:3000" }, "/dashboard", refused],
    ["one that looks like it", { host: "localhost.evil.example" }, "/dashboard", refused],
    ["its page, for a tool", { "sec-fetch-site": "same-origin" }, tool, tool],
    ["a program, for a tool", {}, "/_next/mcp", "/_next/mcp"],
    ["another site's page, for a tool", { "sec-fetch-site": "cross-site" }, tool, refused],
    ["another app's page on this machine, for a tool", { "sec-fetch-site": "same-site" }, tool, refused],
    ["another name, for a tool", { host: "evil.example" }, tool, refused],
    ["AUTH_URL, for a tool", { host: "tunnel.example" }, "/_next/mcp", refused],
    ["a tunnel that says localhost, for a tool", { "x-forwarded-for": "192.0.2.1" }, tool, refused],
    ["another site's page, for a tool by dots", { "sec-fetch-site": "cross-site" }, `/x/..${tool}`, refused],
  ] as const)("asked by %s", async (_, headers, path, expected) => {
    development.is = true;
    watchRequests();
    const server = createServer((request, response) => response.end(request.url));
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const asked = request({ port, path, headers: { host: `localhost:${port}`, ...headers } }).end();
      const [answer] = await once(asked, "response");
      expect(await text(answer)).toBe(expected);
    } finally {
      development.is = false;
      server.close();
      server.closeAllConnections();
    }
  });

  test("refreshes no page that another name has led here", async () => {
    development.is = true;
    watchRequests();
    const server = createServer();
    server.on("upgrade", (_request, socket) =>
      socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const ask = (host: string) =>
        once(
          request({ port, headers: { host, connection: "Upgrade", upgrade: "websocket" } }).end(),
          "upgrade",
        );
      await expect(ask("evil.example")).rejects.toThrow("socket hang up");
      const [answer] = await ask(`localhost:${port}`);
      expect(answer.statusCode).toBe(101);
    } finally {
      development.is = false;
      server.closeAllConnections();
      server.close();
    }
  });
});
