import "server-only";

/** Webflow could not be reached, or did not finish in time, or sent more than anybody asked for. */
export class WebflowUnavailable extends Error {
  override readonly name = "WebflowUnavailable";
}

export interface Limits {
  /** Milliseconds for everything: connecting, headers and the last byte of the body. */
  deadlineMs: number;
  /** Bytes of body, after decompression. */
  maxBytes: number;
}

export const defaultLimits: Limits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/**
 * `fetch` as it may be used with Webflow: one deadline over headers and body, a cap on the body while it is read, and no
 * redirect is followed, so that a secret is never sent to another host. Answers a Response that is wholly in memory.
 *
 * @throws WebflowUnavailable for every way of not answering
 */
export async function webflowFetch(
  input: string | URL | Request,
  init: RequestInit = {},
  limits: Limits = defaultLimits,
): Promise<Response> {
  // Not AbortSignal.timeout: inside Next it did not stop an answer that drips one byte a second.
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limits.deadlineMs);
  try {
    const response = await fetch(input, {
      ...init,
      redirect: "error",
      cache: "no-store",
      signal: controller.signal,
    });
    const body = await readAtMost(response, limits.maxBytes);
    const headers = new Headers(response.headers);
    // The bytes in hand are decompressed and whole; these would describe others.
    for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
    const bodyless = response.status === 204 || response.status === 205 || response.status === 304;
    return new Response(bodyless ? null : body, { status: response.status, headers });
  } catch (cause) {
    throw new WebflowUnavailable("Webflow did not answer", { cause });
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`body over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** The body as a JSON object, or null when it is anything else (HTML, half JSON, a list, a bare value). */
export async function readJsonObject(response: Response): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = JSON.parse(await response.text());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Seconds that a `Retry-After` asks for (RFC 9110 10.2.3, seconds or a date), 0 to one day; null when there is none or it is odd. */
export function retryAfterSeconds(response: Response, now: number = Date.now()): number | null {
  const value = response.headers.get("retry-after")?.trim();
  if (!value) return null;
  // Date.parse takes nearly anything ("-5" is a year): only an HTTP date ends in GMT.
  const date = value.endsWith(" GMT") ? Date.parse(value) : Number.NaN;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((date - now) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 86_400) : null;
}
