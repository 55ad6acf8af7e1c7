import "server-only";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isDevelopment } from "@/lib/env";

/**
 * What Next would answer with a line of plain text or a bare 500: `outdated_page`, an action of another build, because the page
 * was loaded before a deployment; `malformed_request`, what React never writes, or writes only for arguments that no action here takes.
 * An action takes the fields of a form without files, and beside them at most what JSON can say.
 */
export type ActionFlaw = "outdated_page" | "malformed_request";

/** Looks at a form as a page without client JavaScript sends it: its action's id is in the name of a field. */
export function flawOfForm(form: FormData): ActionFlaw | null {
  const names = [...form.keys()].filter((name) => /^\$ACTION_(ID|REF)_/.test(name));
  const isText = [...form.values()].every((value) => typeof value === "string");
  if (names.length === 0 || names.length > 2 || !isText) return "malformed_request";
  const ids = names.map((name) =>
    name.startsWith("$ACTION_ID_") ? name.slice("$ACTION_ID_".length) : idOfBound(form, name),
  );
  if (ids.includes(null)) return "malformed_request";
  return ids.every((id) => isKnown(`${id}`)) ? null : "outdated_page";
}

/** Looks at the arguments of an action as React's script sends them; the header that names it is for Next. */
export function flawOfCall(body: FormData | string): ActionFlaw | null {
  const isFine =
    typeof body === "string" ? areArguments(body) : areArguments(rowOf(body, "0")) && isOneForm(body);
  return isFine ? null : "malformed_request";
}

const descriptor = z.strictObject({ id: z.string(), bound: z.union([z.null(), z.literal("$@1")]) });

/** Of an action with arguments of its own (`bind`, `useActionState`), which it has in fields beside it. */
function idOfBound(form: FormData, name: string): string | null {
  const number = name.slice("$ACTION_REF_".length);
  const parsed = descriptor.safeParse(toJson(rowOf(form, `$ACTION_${number}:0`)));
  if (!parsed.success) return null;
  const { id, bound } = parsed.data;
  return bound === null || areArguments(rowOf(form, `$ACTION_${number}:1`)) ? id : null;
}

function rowOf(form: FormData, name: string): string {
  const [row, ...more] = form.getAll(name);
  return typeof row === "string" && more.length === 0 ? row : "";
}

/** Beside the arguments React writes the fields of the form that is one of them, each by a name that says so. */
function isOneForm(body: FormData): boolean {
  return [...body].every(
    ([name, value]) => name === "0" || (/^_[0-9a-f]+_/.test(name) && typeof value === "string"),
  );
}

function areArguments(text: string): boolean {
  const args = toJson(text);
  return Array.isArray(args) && args.length <= 100 && isPlain(args);
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** React follows a text that begins with a dollar sign to somewhere else; these lead nowhere: a dollar sign, a date, `undefined`, a number that JSON lacks, a form. */
const reference = /^\$(?![$DuINK-])/;
const deepest = 20;

function isPlain(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return !reference.test(value);
  if (typeof value !== "object" || value === null) return true;
  return depth < deepest && Object.values(value).every((one) => isPlain(one, depth + 1));
}

const manifest = z.object({ node: z.record(z.string(), z.unknown()) });
let ids: Set<string> | null | undefined;

/** Whether this build has that action; true where it cannot be told. */
function isKnown(id: string): boolean {
  if (ids === undefined) ids = readIds();
  return ids === null || ids.has(id);
}

/** The ids of this build's server actions, where Next's list of them can be read; `next dev` makes them as it goes. */
function readIds(): Set<string> | null {
  if (isDevelopment()) return null;
  try {
    const file = join(process.cwd(), ".next/server/server-reference-manifest.json");
    const { node } = manifest.parse(JSON.parse(readFileSync(/* turbopackIgnore: true */ file, "utf8")));
    return new Set(Object.keys(node));
  } catch {
    return null;
  }
}
