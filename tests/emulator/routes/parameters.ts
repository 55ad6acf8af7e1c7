/** The fields of an OAuth request body. */
export type BodyParameters =
  | { ok: true; get(name: string): string | undefined }
  | { ok: false; reason: string };

/** The values of each name, in one pass: a form may have as many names as a megabyte holds. */
export function grouped(parameters: URLSearchParams): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return Object.fromEntries(groups);
}

/** The fields of a JSON object or a form, with repeated ones kept; null for any other body. */
export function parseBody(contentType: string | undefined, text: string): Record<string, unknown> | null {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    const fields = Object.entries(grouped(new URLSearchParams(text)));
    return Object.fromEntries(fields.map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
  }
  if (type !== "application/json") return null;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? { ...json } : null;
  } catch {
    return null;
  }
}

/**
 * Reads the parameters of a token or revoke request. Webflow takes JSON and forms; a repeated parameter (RFC 6749 3.2)
 * or one that is no string is an error.
 */
export function readParameters(contentType: string | undefined, text: string): BodyParameters {
  const body = parseBody(contentType, text);
  if (body === null) return { ok: false, reason: "the body is neither a JSON object nor a form" };
  for (const [name, value] of Object.entries(body)) {
    if (Array.isArray(value)) return { ok: false, reason: `${name} is repeated` };
    if (typeof value !== "string") return { ok: false, reason: `${name} is not a string` };
  }
  const values = new Map(Object.entries(body));
  return {
    ok: true,
    get: (name) => {
      // RFC 6749 3.1: a parameter without a value counts as left out.
      const value = values.get(name);
      return typeof value === "string" && value !== "" ? value : undefined;
    },
  };
}
