const fallback = "/dashboard";
const longest = 2_000;

/**
 * Where a person may be sent after a flow: a path on this origin. Anything else (another host, `//host`, `/\host`, control
 * characters, a user in the URL, `javascript:`, more than 2,000 characters, also as they are sent) becomes the dashboard.
 *
 * @param origin this app's own, from the configuration
 */
export function toSafePath(value: unknown, origin: string): string {
  if (typeof value !== "string" || value.length > longest || /[\\\p{Cc}]/u.test(value)) return fallback;
  const isPath = value.startsWith("/") && !value.startsWith("//");
  if (!isPath && !value.startsWith(`${origin}/`)) return fallback;
  const url = URL.parse(value, origin);
  if (url?.origin !== origin || url.username || url.pathname.startsWith("//")) return fallback;
  const path = `${url.pathname}${url.search}`;
  return path.length > longest ? fallback : path;
}
