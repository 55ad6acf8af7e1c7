import "server-only";
import { exchange, type Question } from "./exchange";

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

/** As much of a Response as a caller of Webflow needs. */
export type Reply = Pick<Response, "status" | "ok" | "text"> & { headers: Pick<Headers, "get"> };

/**
 * Asks Webflow, with five seconds to connect, one deadline over everything and a cap on the body while it is read. No redirect is
 * followed, so that a secret is never sent to another host. The answer is wholly in memory.
 *
 * @throws WebflowUnavailable for every way of not answering
 */
export async function askWebflow(
  url: URL,
  { method = "GET", headers = {}, body = null }: Partial<Omit<Question, "url">> = {},
  limits: Limits = defaultLimits,
): Promise<Reply> {
  const answer = await within(limits, null, (signal) =>
    exchange({ url: url.href, method, headers, body }, limits.maxBytes, signal),
  );
  const { status } = answer;
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name) => answer.headers[name.toLowerCase()]?.join(", ") ?? null },
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
    return exchange({ url, method, headers, body }, limits.maxBytes, signal);
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

/** A process that is woken later than its deadline by this much was frozen. */
const frozenMs = 50;
/** How long it then has to read what came in time. */
const readWithinMs = 1_000;

/** Does some work that ends with its signal: at the deadline, or when the caller's own signal says so. */
async function within<T>(
  { deadlineMs }: Limits,
  caller: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const call = new AbortController();
  const stop = () => call.abort(caller?.reason);
  const startedAt = performance.now();
  const end = () => call.abort(new Error("too late"));
  let timer = setTimeout(() => {
    const wasFrozen = performance.now() - startedAt > deadlineMs + frozenMs;
    // Never at once: Node runs what is due before it reads what has come.
    timer = setTimeout(end, wasFrozen ? readWithinMs : 0);
  }, deadlineMs);
  // Too late to ask anything, as for a second host after a freeze.
  if (deadlineMs <= 0) end();
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
