import "server-only";
import { errorName, log } from "@/lib/log";

const levels = { debug: "info", log: "info", info: "info", warn: "warn", error: "error" } as const;

/** Where an error was thrown, without its message, which may quote what somebody sent. */
function placeOf({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 5)
    .map((line) => line.trim().slice(3))
    .join(" < ");
}

/**
 * Sends what Next and libraries say to the console through our log: one line of JSON, scrubbed, of an error its class and its
 * place. For a production server, at its start.
 */
export function takeOverConsole(): void {
  for (const [method, level] of Object.entries(levels)) {
    Object.assign(console, {
      [method]: (...said: unknown[]) => {
        const error = said.find((one) => one instanceof Error);
        const words = said.filter((one) => typeof one === "string").join(" ");
        log[level]("console", {
          ...(error ? { error: errorName(error), at: placeOf(error) } : {}),
          ...(words.trim() && !error ? { message: words } : {}),
        });
      },
    });
  }
}
