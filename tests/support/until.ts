import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits for a condition by asking again and again, and answers what it found.
 *
 * @param look answers what was waited for, or undefined or false while it is not there
 * @param what for the message when it never comes
 * @throws Error after `patience` milliseconds
 */
export async function until<Found>(
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  what: string,
  patience = 15_000,
): Promise<Found> {
  for (const deadline = performance.now() + patience; ; await pause(10)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited ${patience / 1000} s in vain: ${what}`);
  }
}
