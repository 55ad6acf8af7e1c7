import "server-only";
import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { gunzipSync } from "node:zlib";

/** Webflow could not be reached, or did not finish in time, or sent more than anybody asked for. */
export class WebflowUnavailable extends Error {
  override readonly name = "WebflowUnavailable";
}

export interface Limits {
  /** Milliseconds for everything: looking up the host, connecting, headers and the last byte of the body. */
  deadlineMs: number;
  /** Bytes of body, as sent and after decompression. */
  maxBytes: number;
}

export const defaultLimits: Limits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/** For looking up the host, connecting and, over https, the handshake. */
const connectWithinMs = 5_000;

/** What is asked of Webflow. */
interface Question {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | Buffer | null;
}

/** As much of a Response as a caller of Webflow needs. */
export type Reply = Pick<Response, "status" | "ok" | "text"> & { headers: Pick<Headers, "get"> };

/**
 * Asks Webflow, with five seconds to connect, one deadline over everything and a cap on the body while it is read. No redirect is
 * followed, so that a secret is never sent to another host. The answer is wholly in memory.
 *
 * The call is made with node:http: the global fetch takes more CPU, and on Node 20 forgets its signal when the garbage is
 * collected, so that an answer that drips never ends.
 *
 * @throws WebflowUnavailable for every way of not answering
 */
export async function askWebflow(
  url: URL,
  { method = "GET", headers = {}, body = null }: Partial<Omit<Question, "url">> = {},
  limits: Limits = defaultLimits,
): Promise<Reply> {
  const answer = await within(limits, null, (signal) =>
    ask({ url: url.href, method, headers, body }, limits.maxBytes, signal),
  );
  const { status } = answer;
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name) => answer.headers[name]?.join(", ") ?? null },
    text: async () => new TextDecoder().decode(answer.body),
  };
}

/** `askWebflow` in the shape of `fetch`, for libraries that call one. A signal in `init` ends the call as well. */
export async function webflowFetch(
  input: string | URL | Request,
  init: RequestInit = {},
  limits: Limits = defaultLimits,
): Promise<Response> {
  const caller = init.signal ?? (input instanceof Request ? input.signal : null);
  const answer = await within(limits, caller, async (signal) => {
    const request = new Request(input, { ...init, signal: null });
    const { url, method } = request;
    const headers = Object.fromEntries(request.headers);
    const body = request.body && Buffer.from(await request.arrayBuffer());
    return ask({ url, method, headers, body }, limits.maxBytes, signal);
  });
  const { status } = answer;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(answer.headers))
    for (const value of values) headers.append(name, value);
  // The bytes in hand are decompressed and whole; these would describe others.
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
  const isBodyless = status === 204 || status === 205 || status === 304;
  return new Response(isBodyless ? null : new Uint8Array(answer.body), { status, headers });
}

/** Does some work that ends with its signal: at the deadline, or when the caller's own signal says so. */
async function within<T>(
  { deadlineMs }: Limits,
  caller: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const call = new AbortController();
  const stop = () => call.abort(caller?.reason);
  const timer = setTimeout(() => call.abort(new Error("too late")), deadlineMs);
  try {
    caller?.throwIfAborted();
    caller?.addEventListener("abort", stop);
    // The race keeps the deadline whatever else waits.
    return await Promise.race([ended(call.signal), work(call.signal)]);
  } catch (cause) {
    call.abort(cause);
    throw new WebflowUnavailable("Webflow did not answer", { cause });
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener("abort", stop);
  }
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

interface Answer {
  status: number;
  headers: NodeJS.Dict<string[]>;
  /** As it was before it was compressed. */
  body: Buffer;
}

async function ask(question: Question, maxBytes: number, signal: AbortSignal): Promise<Answer> {
  const response = await send(question, signal);
  const { statusCode: status = 0, headersDistinct: headers } = response;
  if (status < 200 || status > 599) throw new Error("no status");
  if ([301, 302, 303, 307, 308].includes(status)) throw new Error("redirect");
  const raw = await readAtMost(response, maxBytes);
  return { status, headers, body: decompress(raw, response.headers["content-encoding"], maxBytes) };
}

/** A connection that was kept from an earlier call ended before an answer: nobody knows whether the question arrived. */
class KeptConnectionEnded extends Error {}

/** The final answer, as soon as its headers are there. The signal destroys the connection. */
async function send(question: Question, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, body } = question;
  const headers = {
    accept: "*/*",
    "user-agent": "node",
    ...question.headers,
    "accept-encoding": "gzip",
    ...(body && { "content-length": Buffer.byteLength(body) }),
  };
  // A kept connection saves a third of the CPU, but may turn out to be closed, all the more after a serverless instance was
  // frozen. What only reads is then asked again; what can be sent once only, as a code, has a connection of its own.
  if (method !== "GET") return exchange(url, { method, headers, agent: false }, body, signal);
  try {
    return await exchange(url, { method, headers }, null, signal);
  } catch (error) {
    if (!(error instanceof KeptConnectionEnded)) throw error;
    return exchange(url, { method, headers, agent: false }, null, signal);
  }
}

function exchange(
  url: string,
  options: RequestOptions,
  body: string | Buffer | null,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const isSecure = url.startsWith("https:");
    const outgoing = (isSecure ? https : http).request(url, options);
    const connecting = setTimeout(() => outgoing.destroy(new Error("no connection")), connectWithinMs);
    const connected = () => clearTimeout(connecting);
    signal.addEventListener("abort", () => outgoing.destroy());
    const fail = (cause: Error) =>
      reject(outgoing.reusedSocket ? new KeptConnectionEnded("closed", { cause }) : cause);
    // An error may come after the answer, too: the listener stays. A change of protocol (101) closes without one.
    outgoing
      .on("socket", (socket) => {
        if (outgoing.reusedSocket) connected();
        else socket.once(isSecure ? "secureConnect" : "connect", connected);
      })
      .on("response", resolve)
      .on("error", fail)
      .on("close", () => {
        connected();
        fail(new Error("closed"));
      });
    outgoing.end(body);
  });
}

async function readAtMost(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`body over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** At once, not in a stream: what goes in and what may come out is small. */
function decompress(body: Buffer, encoding: string | undefined, maxBytes: number): Buffer {
  if (body.byteLength === 0) return body;
  switch (encoding?.toLowerCase() ?? "identity") {
    case "identity":
      return body;
    case "gzip":
    case "x-gzip":
      return gunzipSync(body, { maxOutputLength: maxBytes });
    default:
      throw new Error("an encoding that was not asked for");
  }
}

/** The body as a JSON object, or null when it is anything else (HTML, half JSON, a list, a bare value). */
export async function readJsonObject(
  response: Pick<Response, "text">,
): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = JSON.parse(await response.text());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Seconds that a `Retry-After` asks for (RFC 9110 10.2.3, seconds or a date), 0 to one day; null when there is none or it is odd. */
export function retryAfterSeconds(response: Pick<Reply, "headers">, now: number = Date.now()): number | null {
  const value = response.headers.get("retry-after")?.trim();
  if (!value) return null;
  // Date.parse takes nearly anything ("-5" is a year): only an HTTP date ends in GMT.
  const date = value.endsWith(" GMT") ? Date.parse(value) : Number.NaN;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((date - now) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 86_400) : null;
}
