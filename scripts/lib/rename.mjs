import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./terminal.mjs";

/** Where the app's name stands, and how it is written there. @type {readonly { file: string, pattern: RegExp, write: (name: string) => string }[]} */
const PLACES = [
  { file: "lib/site.ts", pattern: /^ {2}name: ".*",$/m, write: (name) => `  name: ${JSON.stringify(name)},` },
  {
    file: "package.json",
    pattern: /^ {2}"name": ".*",$/m,
    write: (name) => `  "name": "${packageName(name)}",`,
  },
  // npm repeats it twice.
  {
    file: "package-lock.json",
    pattern: /^ {2}"name": ".*",$/m,
    write: (name) => `  "name": "${packageName(name)}",`,
  },
  {
    file: "package-lock.json",
    pattern: /^ {6}"name": ".*",$/m,
    write: (name) => `      "name": "${packageName(name)}",`,
  },
  { file: "README.md", pattern: /^# .*$/m, write: (name) => `# ${name}` },
];

/** @param {string} name @returns {string} as npm allows it */
function packageName(name) {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/**
 * Gives the app its name, in every place that has it. Can be repeated.
 * @param {string} root
 * @param {string} name as people read it
 * @returns {string[]} the files that changed
 * @throws {Problem} when the name will not do, or a place is not as it was; nothing is changed then
 */
export function renameApp(root, name) {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}\p{P}\p{Zs}+]{0,59}$/u.test(name) || !packageName(name)) {
    throw new Problem(
      'A name has 1 to 60 letters, digits, spaces and signs: `npm run rename -- "Night Shelf"`.',
    );
  }
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const { file, pattern, write } of PLACES) {
    const path = join(root, file);
    if (!texts.has(file) && !existsSync(path)) continue; // a clone may have dropped its README
    const text = texts.get(file) ?? readFileSync(path, "utf8");
    if (!pattern.test(text)) throw new Problem(`${file} has no name where it was: change it there by hand.`);
    texts.set(
      file,
      text.replace(pattern, () => write(name)),
    );
  }
  const changed = [...texts].filter(([file, text]) => readFileSync(join(root, file), "utf8") !== text);
  for (const [file, text] of changed) writeFileSync(join(root, file), text);
  return changed.map(([file]) => file);
}
