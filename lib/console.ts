import "server-only";
import { errorName, log } from "@/lib/log";

const levels = { debug: "info", log: "info", info: "info", warn: "warn", error: "error" } as const;

/** Where an error was thrown, without its message, which may quote what somebody sent. */
function placeOf({ message, stack = "" }: Error): string {
  const frames = stack
    .slice(stack.indexOf(message) + message.length)
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 5)
    .map((line) => line.trim().slice(3))
    .join(" < ");
}

/** How much of what is said is looked at. */
const longest = 2_000;

/**
 * A library's own words. What it quotes, from the first mark to the last, and every address may have come from anywhere: the
 * values of headers, the query of a URL. The last mark of a text that is too long is not in sight: there all from the first on.
 */
function wordsOf(said: string): string {
  const quoted = said.length > longest ? /(?:[`"]|(?<!\p{L})').*/su : /`.*`|".*"|(?<!\p{L})'.*'(?!\p{L})/gsu;
  return said
    .slice(0, longest)
    .replace(quoted, "…")
    .replace(/[^ ]*\/[^ ]*/g, "…")
    .trim();
}

/** What Node says when a browser goes away before its request is whole. */
function isAborted(error: Error): boolean {
  return error.message === "aborted" && "code" in error && error.code === "ECONNRESET";
}

/**
 * Sends what Next and libraries say to the console, and Node's warnings, through our log: one line of JSON, scrubbed, of an error
 * its class and its place. What cannot be written is lost, and no error. For a production server, at its start.
 */
export function takeOverConsole(): void {
  for (const [method, level] of Object.entries(levels)) {
    Object.assign(console, {
      [method]: (...said: unknown[]) => {
        const error = said.find((one) => one instanceof Error);
        const message = wordsOf(said.filter((one) => typeof one === "string").join(" "));
        if (error && isAborted(error)) log.info("request_aborted");
        else if (error) log[level]("console", { error: errorName(error), at: placeOf(error) });
        else log[level]("console", message ? { message } : {});
      },
    });
  }
  // Node's own listener prints them, over several lines: of `?sslmode=require` in DATABASE_URL, which many a host hands out.
  process.removeAllListeners("warning");
  process.on("warning", ({ message }) => log.warn("console", { message: wordsOf(message) }));
  // Whoever reads the log may have ended: an error of ours that Next would tell the console, so the log, and so on without end.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}
