import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test, vi } from "vitest";

vi.mock("@/lib/request-guard", () => ({ maxBytes: 1_000_000 }));
const { watchRequests } = await import("@/lib/http-requests");

test("who announces a body and does not send it is not waited for", async () => {
  watchRequests(100);
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
