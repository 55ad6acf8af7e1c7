import "server-only";
import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { gunzipSync } from "node:zlib";

/** For looking up the host, connecting and, over https, the handshake. */
const connectWithinMs = 5_000;

/** What is asked of Webflow. */
export interface Question {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | Buffer | null;
}

/** What it answered. */
export interface Answer {
  status: number;
  headers: NodeJS.Dict<string[]>;
  /** As it was before it was compressed. */
  body: Buffer;
}

/**
 * One question to Webflow and its whole answer, with node:http: the global fetch takes more CPU, and on Node 20 forgets its signal
 * when the garbage is collected, so that an answer that drips never ends.
 *
 * @param maxBytes of body, as sent and after decompression
 * @param signal destroys the connection
 * @throws whatever is no answer: a redirect, a body over the limit, a connection that breaks or does not come in five seconds
 */
export async function exchange(question: Question, maxBytes: number, signal: AbortSignal): Promise<Answer> {
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
  if (method !== "GET") return open(url, { method, headers, agent: false }, body, signal);
  try {
    return await open(url, { method, headers }, null, signal);
  } catch (error) {
    if (!(error instanceof KeptConnectionEnded)) throw error;
    return open(url, { method, headers, agent: false }, null, signal);
  }
}

function open(
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
