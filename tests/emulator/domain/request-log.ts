import type { FaultKind } from "../faults/spec";
import type { Endpoint } from "./endpoints";

/** One request as it came over the wire. Nothing is redacted: tests look here for what the app really sent. */
export interface RequestEntry {
  id: number;
  at: string;
  method: string;
  path: string;
  /** Null for the pages that people use. */
  endpoint: Endpoint | null;
  /** Every value of every parameter, so that repeated ones show. */
  query: Record<string, string[]>;
  headers: Record<string, string>;
  rawBody: string;
  /** The fields of a JSON object or a form; null for any other body. */
  body: Record<string, unknown> | null;
  /** Null while it is unanswered, and for ever when it hung or the connection was reset. */
  status: number | null;
  fault: FaultKind | null;
}

const KEPT = 5_000;
/** Characters of bodies: another site's page can send them here as long as it is open. */
const KEPT_OF_BODIES = 16_000_000;

/**
 * The last 5,000 requests to the protocol's endpoints and the people's pages, fewer when their bodies are large; the control API is left
 * out.
 */
export class RequestLog {
  #entries: RequestEntry[] = [];
  #nextId = 1;
  #sizeOfBodies = 0;

  add(entry: Omit<RequestEntry, "id">): RequestEntry {
    const numbered = { id: this.#nextId++, ...entry };
    this.#entries.push(numbered);
    this.#sizeOfBodies += numbered.rawBody.length;
    while (this.#entries.length > KEPT || this.#sizeOfBodies > KEPT_OF_BODIES)
      this.#sizeOfBodies -= this.#entries.shift()?.rawBody.length ?? 0;
    return numbered;
  }

  list(): readonly RequestEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
    this.#sizeOfBodies = 0;
  }
}
