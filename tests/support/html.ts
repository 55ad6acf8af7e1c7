/** A form as a browser without JavaScript sees it. */
export interface HtmlForm {
  /** As written: empty means the page's own address. */
  action: string;
  method: "get" | "post";
  /** How its fields are sent by POST: `multipart/form-data`, or as in a query string. */
  isMultipart: boolean;
  fields: [name: string, value: string][];
  buttons: string[];
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex || decimal) return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
    return entities[name] ?? whole;
  });
}

/** The attributes of a start tag. */
function attributesOf(tag: string): Map<string, string> {
  const found = tag.matchAll(/\s([\w:-]+)(?:="([^"]*)")?/g);
  return new Map([...found].map(([, name = "", value = ""]) => [name.toLowerCase(), decode(value)]));
}

/** What a page says, without scripts and tags, in one line. */
export function textOf(html: string): string {
  const visible = html
    .replace(/<(script|style|head|template)\b[\s\S]*?<\/\1>/gi, " ")
    .replace(/<!--[\s\S]*?-->/g, "");
  return decode(visible.replace(/<[^>]+>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
}

/** Every element of this name, which is never nested in itself. */
export function elementsOf(html: string, name: string): string[] {
  return html.match(new RegExp(`<${name}\\b[\\s\\S]*?</${name}>`, "gi")) ?? [];
}

/** Every form of a page. */
export function formsOf(html: string): HtmlForm[] {
  return elementsOf(html, "form").map((form) => {
    const own = attributesOf(/^<form\b[^>]*>/i.exec(form)?.[0] ?? "");
    const inputs = [...form.matchAll(/<input\b[^>]*>/gi)].map(([tag]) => attributesOf(tag));
    return {
      action: own.get("action") ?? "",
      method: own.get("method")?.toLowerCase() === "post" ? "post" : "get",
      isMultipart: own.get("enctype")?.toLowerCase() === "multipart/form-data",
      fields: inputs.flatMap((input): [string, string][] => {
        const name = input.get("name");
        return name === undefined ? [] : [[name, input.get("value") ?? ""]];
      }),
      buttons: elementsOf(form, "button").map(textOf),
    };
  });
}
