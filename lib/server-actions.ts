import "server-only";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Fields } from "@/lib/browser-form";
import { isDevelopment } from "@/lib/env";

/**
 * What Next would answer with a line of plain text or a bare 500: `outdated_page`, an action of another build, because the page
 * was loaded before a deployment; `malformed_request`, what React never writes, or writes only for arguments that no action here takes:
 * files, Map, Set, other actions, and promises within other values.
 */
export type ActionFlaw = "outdated_page" | "malformed_request";

/** Looks at a form as a page without client JavaScript sends it: its action's id is in the name of a field. */
export function flawOfForm(form: Fields): ActionFlaw | null {
  const names = form.map(([name]) => name).filter((name) => /^\$ACTION_(ID|REF)_/.test(name));
  if (names.length === 0 || names.length > 2) return "malformed_request";
  const ids = names.map((name) =>
    name.startsWith("$ACTION_ID_") ? name.slice("$ACTION_ID_".length) : idOfBound(form, name),
  );
  if (ids.includes(null)) return "malformed_request";
  return ids.every((id) => isKnown(`${id}`)) ? null : "outdated_page";
}

/** Looks at the arguments of an action as React's script sends them; the header that names it is for Next. */
export function flawOfCall(body: Fields | string): ActionFlaw | null {
  const form: Fields = typeof body === "string" ? [["0", body]] : body;
  const later = readArguments(form, { row: 0 });
  // Beside the rows React writes the fields of each form that is an argument, by a name that says so.
  const isFine = form.every(([name]) => name === "0" || later?.has(name) || /^_[0-9a-f]+_/.test(name));
  return later && isFine ? null : "malformed_request";
}

/** Letter by letter as React writes it: Next finds the id by its place, React by its name. */
const descriptor = /^\{"id":"([^"\\]*)","bound":"\$@1"\}$/;

/** Of an action with arguments of its own (`bind`, `useActionState`), which it has in fields beside it. */
function idOfBound(form: Fields, name: string): string | null {
  const number = name.slice("$ACTION_REF_".length);
  const [, id] = descriptor.exec(rowOf(form, `$ACTION_${number}:0`)) ?? [];
  return id !== undefined && readArguments(form, { row: 1, prefix: `$ACTION_${number}:` }) ? id : null;
}

function rowOf(form: Fields, wanted: string): string {
  const [row, ...more] = form.filter(([name]) => name === wanted);
  return row && more.length === 0 ? row[1] : "";
}

/**
 * Whether React can decode the arguments in this row. Answers the names of the rows that belong to them: an argument may be a
 * promise, whose value has a row of its own. Of an action inside a component Next makes one of what it closes over.
 */
function readArguments(
  form: Fields,
  { row, prefix = "" }: { row: number; prefix?: string },
): Set<string> | null {
  const text = rowOf(form, `${prefix}${row}`);
  const args = toJson(text);
  if (!Array.isArray(args) || args.length > 100) return null;
  const later = new Set<number>();
  let values = 0;
  const isOneMore = () => ++values <= mostValues;
  const atOnce = args.map((arg: unknown) => {
    const [, hex] = typeof arg === "string" ? (/^\$@([1-9a-f][0-9a-f]{0,3})$/.exec(arg) ?? []) : [];
    if (hex === undefined) return arg;
    later.add(Number.parseInt(hex, 16));
    return null;
  });
  // What is no part of the page has no name on the server: React lets it pass through calls only.
  const isSound =
    isDecodable(atOnce, { row, length: text.length, opaque: prefix === "", isOneMore }) &&
    [...later].every((one) => {
      const value = rowOf(form, `${prefix}${one}`);
      return isDecodable(toJson(value), { row: one, length: value.length, opaque: false, isOneMore });
    });
  return isSound ? new Set([...later].map((one) => `${prefix}${one}`)) : null;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text that begins with a dollar sign means something to React; this by itself: a dollar sign, a date, `undefined`, a number that JSON lacks, a form. */
const byItself = /^\$([$DuINK-]|n(-\d{1,299}|\d{1,300})$)/;
const deepest = 20;
/** Each may take half a kilobyte in memory, for as long as the action runs. */
const mostValues = 250;
/** How many members and letters React takes in the arrays of a row. */
const largest = 1_000_000;

/**
 * Whether React can decode the value of this row: JSON, and in it what stands there once more, by the way to it. Each array that
 * does may count for as much as all before it.
 *
 * @param isOneMore asked once for each value: whether there may be so many
 */
function isDecodable(
  root: unknown,
  {
    row,
    length,
    opaque,
    isOneMore,
  }: { row: number; length: number; opaque: boolean; isOneMore: () => boolean },
): boolean {
  let arrays = 0;
  const isFine = (value: unknown, depth: number, isNamed: boolean): boolean => {
    if (!isOneMore()) return false;
    if (typeof value === "string") {
      if (!value.startsWith("$") || byItself.test(value)) return true;
      if (value === "$T") return isNamed;
      const again = follow(root, row, value);
      if (Array.isArray(again)) arrays += 1;
      return typeof again === "object" && again !== null;
    }
    if (typeof value !== "object" || value === null) return true;
    return (
      depth < deepest &&
      Object.entries(value).every(([key, one]) => isFine(one, depth + 1, isNamed && !key.includes(":")))
    );
  };
  return root !== undefined && isFine(root, 0, opaque) && length * 2 ** arrays <= largest;
}

/** Where `$row:key:key` leads. */
function follow(root: unknown, row: number, reference: string): unknown {
  const [start, ...keys] = reference.slice(1).split(":");
  if (start !== row.toString(16) || keys.length === 0) return undefined;
  return keys.reduce(
    (value: unknown, key) =>
      typeof value === "object" && value && key !== "__proto__" && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    root,
  );
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
