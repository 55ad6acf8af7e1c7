import "server-only";
import { subscribe } from "node:diagnostics_channel";
import { IncomingMessage, Server } from "node:http";
import { isDevelopment } from "@/lib/env";
import { maxBytes } from "@/lib/request-guard";

/** Milliseconds that a request may take to arrive whole. Node's own five minutes are for uploads, of which there are none here. */
const patience = 20_000;

/**
 * Takes care of what proxy.ts cannot, by the channels on which Node shows each connection and each request before Next sees it:
 * a body that never comes, which Next waits for before it lets any answer out; a connection that is to become something else
 * than HTTP; and what Next answers with a bare 500 of its own, or by sending people to another host. Such a request becomes a
 * visit of the page that refuses it in words. Not for a platform that routes requests itself, by what they were.
 */
export function watchRequests(arrivesWithin = patience): void {
  subscribe("net.server.socket", (message) => {
    const server = partOf(partOf(message, "socket"), "server");
    if (!(server instanceof Server)) return;
    // Both: Node takes the smaller one for the headers, whichever it is.
    server.headersTimeout = arrivesWithin;
    server.requestTimeout = arrivesWithin;
    // But for Next's dev server, which refreshes its pages over WebSocket, nothing here speaks another protocol. Who asks for one
    // (`Upgrade`) is answered like everybody: Next would keep the connection, without an answer and without an end.
    if (!isDevelopment()) server.removeAllListeners("upgrade");
  });
  subscribe("http.server.request.start", (message) => {
    const request = partOf(message, "request");
    if (!(request instanceof IncomingMessage)) return;
    const status = refusalOf(request);
    if (status) Object.assign(request, { method: "GET", url: `/refused?status=${status}` });
  });
}

function partOf(whole: unknown, name: string): unknown {
  return typeof whole === "object" && whole ? Reflect.get(whole, name) : undefined;
}

function refusalOf({ method = "", url = "", headers }: IncomingMessage): 405 | 413 | null {
  // What only a proxy is asked: `OPTIONS *`, or the address of some host (RFC 9112 3.2), where Next would send whoever asks.
  if (!url.startsWith("/")) return 405;
  if (method === "GET" || method === "HEAD") return null;
  if (Number(headers["content-length"]) > maxBytes) return 413;
  return method === "TRACE" || url.startsWith("/_next/static/") ? 405 : null;
}
