/** Name and text of each field of a form. */
export type Fields = readonly (readonly [name: string, text: string])[];

// What Node's own parser takes for a boundary. Longer than a chance in any text.
const multipart = /^multipart\/form-data; boundary=([\w-]{27,70})$/;
// A parser of Next's fails on a field whose head has more than 16 KiB, or a control character.
const part = /^\r\nContent-Disposition: form-data; name="([^"\p{Cc}\uFEFF]{0,2000})"\r\n\r\n(.*)\r\n--$/su;

/**
 * Reads a form of texts exactly as browsers write it (RFC 7578; HTML, "multipart/form-data encoding algorithm"); null for a
 * file and for anything else. Next reads the same bytes by one of two parsers, and each makes something of its own of what no
 * browser writes: a charset, another encoding or more headers of a field, odd parameters, its boundary within a text.
 */
export function readForm(body: string, contentType: string): Fields | null {
  const [, boundary] = multipart.exec(contentType) ?? [];
  if (!boundary) return null;
  const [start, ...parts] = body.split(boundary);
  const end = parts.pop() ?? "";
  const fields = parts.flatMap((one) => {
    const [, name, text] = part.exec(one) ?? [];
    return name === undefined || text === undefined ? [] : [[decodeName(name), text] as const];
  });
  const isWhole = start === "--" && /^--(\r\n)?$/.test(end) && fields.length === parts.length;
  return isWhole ? fields : null;
}

/** The three characters that browsers encode in a name. */
function decodeName(name: string): string {
  return name.replace(/%(?:22|0A|0D)/gi, decodeURIComponent);
}
