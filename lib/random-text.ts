import "server-only";

/** Drawn for many requests at once: the system's generator takes as long for thousands of bytes as for a few. */
const drawn = Buffer.alloc(4_096);
let used = drawn.length;

/**
 * So many random bytes as text, from the generator for keys (`crypto.getRandomValues`), each byte given out once: for what every
 * request needs.
 *
 * @param bytes at most 4,096
 */
export function randomText(bytes: number, encoding: "hex" | "base64url"): string {
  if (used + bytes > drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  used += bytes;
  return drawn.toString(encoding, used - bytes, used);
}
