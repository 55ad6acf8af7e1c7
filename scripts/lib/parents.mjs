import { inspectProcess } from "./process-info.mjs";

/** How often to look, in milliseconds. */
const INTERVAL = 500;

/**
 * Tells when the npm that runs us is gone. A SIGTERM for npm ends npm and the shell between us, and never reaches us;
 * Ctrl-C does.
 * @param {() => void} tell
 */
export function whenAbandoned(tell) {
  if (process.env.npm_lifecycle_event === undefined) return; // started by hand: whoever did may leave
  const watched = [process.ppid];
  const parent = inspectProcess(process.ppid);
  if (parent && /^\S*sh -c /.test(parent.command)) watched.push(parent.parent);
  const identities = watched.flatMap((pid) => {
    const identity = inspectProcess(pid)?.identity;
    return identity ? [{ pid, identity }] : [];
  });
  const timer = setInterval(() => {
    if (identities.every(({ pid, identity }) => inspectProcess(pid)?.identity === identity)) return;
    clearInterval(timer);
    tell();
  }, INTERVAL);
  timer.unref();
}
