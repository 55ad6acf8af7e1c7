import type { Endpoint } from "../domain/endpoints";
import type { ParsedFaultSpec } from "./spec";

export type Fault = ParsedFaultSpec & {
  id: number;
  /** How many requests it will still spoil; null is until it is cleared. */
  left: number | null;
  /** How many it has spoilt. */
  used: number;
};

/** The faults in force. For one request the oldest matching one is taken. */
export class FaultList {
  #faults: Fault[] = [];
  #nextId = 1;

  add(spec: ParsedFaultSpec): Fault {
    const left = spec.times === "until_cleared" ? null : spec.times === "once" ? 1 : spec.times;
    const fault: Fault = { ...spec, id: this.#nextId++, left, used: 0 };
    this.#faults.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  take(endpoint: Endpoint): Fault | undefined {
    const fault = this.#faults.find(
      (candidate) => candidate.endpoint === endpoint || candidate.endpoint === "*",
    );
    if (!fault) return undefined;
    fault.used += 1;
    if (fault.left !== null) fault.left -= 1;
    if (fault.left === 0) this.remove(fault.id);
    return fault;
  }

  remove(id: number): boolean {
    const before = this.#faults.length;
    this.#faults = this.#faults.filter((fault) => fault.id !== id);
    return this.#faults.length < before;
  }

  clear(): void {
    this.#faults = [];
  }
}
