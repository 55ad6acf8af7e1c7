import { gzipSync } from "node:zlib";

const CHUNK = 64 * 1024;

/** A web page of exactly so many bytes (at least its frame), as a load balancer in front of Webflow might send. */
export function htmlPage(bytes: number): string {
  const [head, foot] = [
    "<!doctype html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1><p>",
    "</p></body></html>\n",
  ];
  return head + "x".repeat(Math.max(0, bytes - head.length - foot.length)) + foot;
}

/** A JSON object whose one string never seems to end. */
export function* hugeJson(bytes: number): Generator<Buffer> {
  const head = Buffer.from('{"access_token":"');
  yield head;
  const filler = Buffer.alloc(CHUNK, "a");
  for (let left = bytes - head.length; left > 0; left -= CHUNK)
    yield filler.subarray(0, Math.min(CHUNK, left));
}

/** Zeros, compressed about a thousandfold: many gzip members in a row, which RFC 1952 2.2 reads as one stream. */
export function gzipBomb(bytes: number): Buffer<ArrayBuffer> {
  const unit = 1024 * 1024;
  const member = gzipSync(Buffer.alloc(unit));
  const members = Array.from({ length: Math.floor(bytes / unit) }, () => member);
  const rest = bytes % unit;
  return Buffer.concat(rest > 0 ? [...members, gzipSync(Buffer.alloc(rest))] : members);
}

/** The same JSON with each value changed to one of another type. */
export function withWrongTypes(value: unknown): unknown {
  if (typeof value === "string") return 42;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value === null) return [];
  if (Array.isArray(value)) return { items: value.map(withWrongTypes) };
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withWrongTypes(inner)]));
}
