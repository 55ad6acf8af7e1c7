import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Folder, folders } from "./servers";

/** Bytes of the JavaScript that a page loads by itself, compressed as a server would; without what only old browsers load. */
export function scriptBytes(folder: Folder, html: string): number {
  const scripts = new Set(
    [...html.matchAll(/<script[^>]*src="\/_next\/([^"?]+\.js)[^"]*"([^>]*)>/g)]
      .filter(([tag]) => !/nomodule/i.test(tag))
      .map(([, path]) => path ?? ""),
  );
  if (scripts.size === 0) throw new Error("A page of Next without a script");
  return [...scripts].reduce(
    (sum, path) => sum + gzipSync(readFileSync(join(folders[folder], ".next", decodeURI(path)))).length,
    0,
  );
}

/** What a person can read of a page, without what moves: for checking that two pages say the same. */
export function readable(html: string): string {
  return html
    .replace(/<script.*?<\/script>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}
