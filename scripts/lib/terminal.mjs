// What a person reads: steps with their durations, and problems in one sentence.

const colourful =
  process.env.NO_COLOR === undefined && (process.stdout.isTTY || Boolean(Number(process.env.FORCE_COLOR)));

/** @param {string} code @returns {(text: string) => string} */
const paint = (code) => (text) => (colourful ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint("1");
export const dim = paint("2");
export const red = paint("31");
export const green = paint("32");
export const cyan = paint("36");

/** Whether children may print colours too. */
export const wantsColour = colourful;

/** Something that a person can mend: the message says what is wrong and what to do, and is all that gets printed. */
export class Problem extends Error {
  /** @override */
  name = "Problem";
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {number} milliseconds @returns {string} e.g. "0.4 s", "2 min 5 s" */
export function duration(milliseconds) {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Says what is being done, does it, and says how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = performance.now();
  say(`${dim("·")} ${title} …`);
  const result = await work();
  say(`${green("✓")} ${title} ${dim(`(${duration(performance.now() - started)})`)}`);
  return result;
}

/** The operating system's refusals that need no stack trace. @type {Record<string, string>} */
const REFUSALS = {
  ENOSPC: "the disk is full: free some room and run the command again",
  EDQUOT: "your disk quota is used up: free some room and run the command again",
  EROFS: "the file system is read-only: use a folder that can be written",
  EACCES:
    "this account may not: make the folder yours (`sudo chown -R $(id -un) <folder>`) or use another one",
  EPERM:
    "this account may not: make the folder yours (`sudo chown -R $(id -un) <folder>`) or use another one",
  EMFILE: "too many open files: raise the limit (`ulimit -n 4096`)",
};

/**
 * @param {unknown} error
 * @returns {string} one sentence for what a person can mend, a stack trace for what is a mistake of ours
 */
export function explain(error) {
  if (error instanceof Problem) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (error);
  const refusal = code && path ? REFUSALS[code] : undefined;
  return refusal ? `${path}: ${refusal}.` : (error.stack ?? error.message);
}

/** Prints why a command cannot go on. @param {unknown} error */
export function complain(error) {
  process.stderr.write(`${red("✗")} ${explain(error)}\n`);
}
