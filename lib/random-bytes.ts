import "server-only";

/** Drawn for many requests at once: the system's generator takes as long for thousands of bytes as for a few. */
const drawn = Buffer.alloc(4_096);
let used = drawn.length;

/**
 * Random bytes that nobody else gets, from the generator for keys (`crypto.getRandomValues`): for what every request needs.
 *
 * @param size at most 4,096
 * @returns a view: to be read before the next call
 */
export function randomBytes(size: number): Buffer {
  if (used + size > drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  used += size;
  return drawn.subarray(used - size, used);
}
