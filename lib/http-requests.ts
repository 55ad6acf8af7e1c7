import "server-only";
import { subscribe } from "node:diagnostics_channel";
import { IncomingMessage, Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state";
import { env, isDevelopment } from "@/lib/env";
import { maxBytes } from "@/lib/request-guard";
import { securityHeaders } from "@/lib/security-headers.mjs";

const patience = {
  /** Milliseconds that a request may take to arrive whole. Node's own five minutes are for uploads, of which there are none here. */
  arrival: 20_000,
  /** Milliseconds in which nothing comes or goes, Webflow's half a minute included. Node waits for ever for who does not read. */
  silence: 90_000,
};

/**
 * Takes care of what proxy.ts cannot, by the channels on which Node shows each connection and each request before Next sees it:
 * a body that never comes, which Next waits for before it lets any answer out; answers that nobody takes; a connection that is
 * to become something else than HTTP; and what Next answers with a bare 500 of its own, or by sending people to another host. Such a request becomes a
 * visit of the page that refuses it in words. Not for a platform that routes requests itself, by what they were.
 */
export function watchRequests({ arrival, silence } = patience): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  subscribe("net.server.socket", (message) => {
    const socket = partOf(message, "socket");
    const server = partOf(socket, "server");
    if (!(socket instanceof Socket && server instanceof Server)) return;
    // Both: Node takes the smaller one for the headers, whichever it is.
    server.headersTimeout = arrival;
    server.requestTimeout = arrival;
    // Both: the server's is for what follows.
    server.timeout = silence;
    socket.setTimeout(silence);
    // But for Next's dev server, which refreshes its pages over WebSocket, nothing here speaks another protocol. Who asks for one
    // (`Upgrade`) is answered like everybody: Next would keep the connection, without an answer and without an end.
    if (!isDevelopment()) server.removeAllListeners("upgrade");
    // Node tells nobody but the server of such a request.
    else if (!server.listeners("upgrade").includes(endForeign)) server.prependListener("upgrade", endForeign);
  });
  subscribe("http.server.request.start", (message) => {
    const [request, response] = [partOf(message, "request"), partOf(message, "response")];
    if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) return;
    // Also for what next.config.mjs does not reach: Next's redirect that tidies an address up (`//`, a slash at its end), and what
    // Node refuses by itself.
    for (const { key, value } of securityHeaders) response.setHeader(key, value);
    // Where it does not come Next puts the address of the connection: a proxy's, one for everybody behind it (lib/client-address.ts).
    request.headers["x-forwarded-for"] ??= "";
    // Told to stop, Node still takes one request after the other on each connection that has some under way: a proxy's never ends.
    if (partOf(partOf(message, "server"), "listening") === false) response.setHeader("connection", "close");
    // No browser and no proxy asks again before it has its answer: a thousand of them would wait in memory for who reads none.
    if (answers.get(request.socket)?.writableFinished === false) {
      request.socket.destroy();
      request.method = "HEAD"; // what came with it still goes to Next, which then reads no file
    }
    answers.set(request.socket, response);
    // Files are small and sent whole (RFC 9110 14.2): Next answers a part that a file does not have, and a version that it is not, by 500.
    // Only what is there: an object from which something was deleted is slower for good.
    for (const name of ["range", "if-match", "if-unmodified-since"])
      if (name in request.headers) delete request.headers[name];
    // Next looks in it for names of robots, and takes the square of its length for that.
    const userAgent = request.headers["user-agent"];
    if (userAgent && userAgent.length > longest.userAgent)
      request.headers["user-agent"] = userAgent.slice(0, longest.userAgent);
    // Node keeps each piece of a body by itself: of pieces of one byte a megabyte takes most of one gigabyte.
    const { push } = request;
    let pieces = 0;
    let bytes = 0;
    request.push = (piece, ...rest) => {
      pieces += 1;
      if (Buffer.isBuffer(piece)) bytes += piece.length;
      if (pieces <= Math.min(most.pieces, most.smallPieces + bytes / smallestPacket))
        return push.call(request, piece, ...rest);
      request.destroy();
      return false;
    };
    const status = refusalOf(request);
    if (!status) return;
    delete request.headers.rsc; // Next would send who asks so to the same page as data, round and round
    delete request.headers.cookie; // nobody there asks who they are
    Object.assign(request, { method: "GET", url: `/refused?status=${status}` });
  });
}

function endForeign(request: IncomingMessage): void {
  if (isFromElsewhere(request)) request.socket.destroy();
}

function partOf(whole: unknown, name: string): unknown {
  return typeof whole === "object" && whole ? Reflect.get(whole, name) : undefined;
}

const most = {
  /** Node hands on no more, and says nothing: a proxy's own, like the client's address, may be among those that it dropped. */
  headers: 1_000,
  /** Next takes the square of their number; a browser keeps 180 for a site. */
  cookies: 300,
  /** Of a query, and one for Next, which asks for a page's data with the page's own and `_rsc`. Next takes the square of their number too. */
  parameters: 300,
  /** Of a body: a megabyte in the smallest packets that a network makes. */
  pieces: 2_000,
  /** Of a body, beside what that many packets bring: a client may write its first lines one by one. */
  smallPieces: 100,
};

/** Bytes of a body that came through a network, but for its last. */
const smallestPacket = 500;

const longest = {
  /**
   * Characters. Of a request without its body Node takes 16,384, and whoever acts on a page sends some 2,000 more than whoever opens
   * it: none opens that nobody could act on.
   */
  address: 13_000,
  /** Characters of `_rsc`, which Next adds to ask for a page's data; it has some 25. */
  rsc: 100,
  /** Characters; a browser's has some 150. */
  userAgent: 500,
  /** Characters; that of a page of ours has some 300. Next reads 40,000, and takes long for many levels. */
  routerState: 4_000,
};

function refusalOf(request: IncomingMessage): 400 | 403 | 405 | 413 | null {
  if (isDevelopment() && isFromElsewhere(request)) return 403;
  const { method = "", url = "", headers, rawHeaders } = request;
  // What only a proxy is asked: `OPTIONS *`, or the address of some host (RFC 9112 3.2), where Next would send whoever asks.
  if (!url.startsWith("/")) return 405;
  if (rawHeaders.length >= 2 * most.headers) return 400;
  if (headers.cookie && headers.cookie.split(";").length > most.cookies) return 400;
  const isData = "rsc" in headers;
  if (url.length > longest.address + (isData ? longest.rsc : 0)) return 400;
  if (url.split("&").length > most.parameters + (isData ? 1 : 0)) return 400;
  if (!hasSoundParameters(url, isData)) return 400;
  if (!isRouterState(headers["next-router-state-tree"])) return 400;
  // As Next reads it, without dots.
  const path = URL.parse(url, "http://localhost")?.pathname;
  // Data of Next's Pages Router, of which there is nothing here: proxy.ts never sees such an address, or sees another one.
  if (path?.startsWith("/_next/data")) return 400;
  if (method === "GET" || method === "HEAD") return null;
  if (Number(headers["content-length"]) > maxBytes) return 413;
  // What Next takes for a file there never comes to proxy.ts.
  return method === "TRACE" || path?.startsWith("/_next/static/") ? 405 : null;
}

/**
 * Whether a developer's own server is asked by a name that is not its own, which another site may have had lead here (DNS
 * rebinding): it would be of one origin with our pages. And of Next's tools, one of which starts a debugger, whether anybody asks but
 * this machine: a tunnel to AUTH_URL is for the app, and another site's page could open them.
 */
function isFromElsewhere({ url = "", headers }: IncomingMessage): boolean {
  const hostname = URL.parse(`http://${headers.host}`)?.hostname ?? "";
  const isLocal = /^(127\.[\d.]+|\[::1\]|(.+\.)?localhost)$/.test(hostname);
  if (!isLocal && hostname !== new URL(env().AUTH_URL).hostname) return true;
  const path = URL.parse(url, "http://localhost")?.pathname ?? "";
  if (!/^\/(__nextjs|_next\/mcp)/.test(path)) return false;
  const isForwarded = Boolean(headers["x-forwarded-for"]);
  return (
    !isLocal || isForwarded || !["none", "same-origin"].includes(`${headers["sec-fetch-site"] ?? "none"}`)
  );
}

/**
 * Whether of Next's own parameters there is none but `_rsc`, once, in plain letters, and with a value unless data is asked for, as
 * Next makes it. Of another one Next adds its own, and so sends its client round and round, or has it load the page again and again.
 * Those that begin with `nxtP` or `nxtI` only a platform sends; for each Next writes the whole address anew, three times.
 */
function hasSoundParameters(url: string, isData: boolean): boolean {
  const query = url.slice(url.indexOf("?") + 1);
  const names = [...new URLSearchParams(query).keys()];
  if (names.some((name) => /^nxt[PI]/.test(name))) return false;
  const isPlain = (part: string) => part.startsWith("_rsc=") || (isData && part === "_rsc");
  const named = names.filter((name) => name === "_rsc").length;
  return named === 0 || (named === 1 && query.split("&").some(isPlain));
}

/** Whether Next can read what its client says of the page that it shows: Next itself says so, and would answer 500. */
function isRouterState(sent: string | string[] | undefined): boolean {
  if (sent === undefined) return true;
  if (sent.length > longest.routerState) return false;
  try {
    parseAndValidateFlightRouterState(sent);
    return true;
  } catch {
    return false;
  }
}
