import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { inspectProcess, ownIdentity } from "./process-info.mjs";

/**
 * @typedef {object} LockRecord
 * @property {number} pid
 * @property {string} identity
 * @property {string} file where the lock was taken: a copied checkout brings a copy of the file, not the lock
 * @property {string} [url]
 * @property {string} [emulator] where its local Webflow is
 * @property {{ pid: number, identity: string }[]} [children] what to end if the holder was killed
 */

/**
 * @typedef {object} Lock
 * @property {true} taken
 * @property {LockRecord | undefined} abandoned what a killed holder left behind
 * @property {(facts: Partial<LockRecord>) => void} update adds facts for who finds the lock taken
 * @property {() => void} release
 */

/** @param {string} file @returns {LockRecord | undefined} */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Who holds a lock, if anybody does. Changes nothing.
 * @param {string} file
 * @returns {LockRecord | undefined}
 */
export function lockHolder(file) {
  const holder = read(file);
  return isHolding(holder, file) ? holder : undefined;
}

/** @param {LockRecord | undefined} record @param {string} file @returns {record is LockRecord} */
function isHolding(record, file) {
  return record?.file === file && inspectProcess(record.pid)?.identity === record.identity;
}

/**
 * Takes a lock that only a living process can hold: after kill -9 or a restart of the machine it is free again.
 * @param {string} file
 * @returns {Lock | { taken: false, holder: LockRecord }}
 * @throws when the folder cannot be written
 */
export function takeLock(file) {
  const record = /** @type {LockRecord} */ ({ pid: process.pid, identity: ownIdentity, file });
  const own = `${file}.${process.pid}`;
  /** @type {LockRecord | undefined} */
  let abandoned;
  writeFileSync(own, JSON.stringify(record), { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(own, file);
        break;
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
      }
      const holder = read(file);
      if (isHolding(holder, file)) return { taken: false, holder };
      abandoned = clearAbandoned(file, holder) ?? abandoned;
    }
  } finally {
    rmSync(own, { force: true });
  }
  return {
    taken: true,
    abandoned: abandoned?.file === file ? abandoned : undefined,
    update(facts) {
      Object.assign(record, facts);
      writeFileSync(own, JSON.stringify(record), { mode: 0o600 });
      renameSync(own, file);
    },
    release() {
      if (read(file)?.identity === ownIdentity) rmSync(file, { force: true });
    },
  };
}

/**
 * Moves the file aside, then looks again: of two that clear at once, the later may have moved the earlier's new lock,
 * and puts it back.
 * @param {string} file
 * @param {LockRecord | undefined} expected
 */
function clearAbandoned(file, expected) {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
  } catch {
    return undefined;
  }
  const moved = read(aside);
  if (moved && moved.identity !== expected?.identity) {
    try {
      linkSync(aside, file);
    } catch {
      // A third process has the lock already.
    }
  }
  rmSync(aside, { force: true });
  return moved;
}
