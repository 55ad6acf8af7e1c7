/**
 * An address that a browser can go to, or null. `localhost:3000` is none, although it is a URL: with a scheme of that name.
 * @param {string} text
 * @returns {URL | null}
 */
export function parseHttpUrl(text) {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url : null;
}
