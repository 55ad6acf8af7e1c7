// Runs beside a command and outlives its kill -9: when the command is gone, it ends what the command had started.
// The command writes one JSON message a line to our standard input; its end, for whatever reason, is the signal.
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { inspectProcess } from "./process-info.mjs";
import { sendSignal } from "./signals.mjs";

/** @typedef {import("./signals.mjs").Target & { identity: string }} Watched */

/** How long a process may take to end by itself, in milliseconds. PostgreSQL writes its buffers first. */
const PATIENCE = 10_000;

/** @type {Map<number, Watched>} */
const watched = new Map();
/** @type {Set<string>} */
const leftovers = new Set();

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  /** @type {{ watch?: Watched, forget?: number, leftover?: string, removed?: string }} */
  const message = JSON.parse(line);
  if (message.watch) watched.set(message.watch.pid, message.watch);
  if (message.forget) watched.delete(message.forget);
  if (message.leftover) leftovers.add(message.leftover);
  if (message.removed) leftovers.delete(message.removed);
}

const living = () =>
  [...watched.values()].filter(({ pid, identity }) => inspectProcess(pid)?.identity === identity);

// PostgreSQL last: the app may still be writing.
for (const target of living().sort((a, b) => Number(b.wholeGroup) - Number(a.wholeGroup))) {
  sendSignal(target, target.signal);
}
for (const deadline = Date.now() + PATIENCE; living().length > 0 && Date.now() < deadline; ) await pause(50);
const stubborn = new Set(living());
for (const target of watched.values()) {
  // What a process leaves in its group goes too; a lone process only if it still is the one we knew.
  if (target.wholeGroup || stubborn.has(target)) sendSignal(target, "SIGKILL");
}
for (const path of leftovers) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
