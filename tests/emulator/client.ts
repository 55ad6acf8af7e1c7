import type { LedgerView } from "./domain/ledger-view";
import type { Site, WebflowUser, Workspace } from "./domain/people";
import type { RequestEntry } from "./domain/request-log";
import type { Switches } from "./domain/switches";
import type { Fault } from "./faults/list";
import type { FaultSpec } from "./faults/spec";
import type { ConsentChoice } from "./routes/control";

export type { LedgerCode, LedgerToken, LedgerView } from "./domain/ledger-view";
export type { RequestEntry } from "./domain/request-log";
export type { Switches } from "./domain/switches";
export type { Fault } from "./faults/list";
export type { FaultAnywhere, FaultSpec } from "./faults/spec";
export type { ConsentChoice } from "./routes/control";

/** A local Webflow user with everything they can grant. */
export interface EmulatedUser extends WebflowUser {
  workspaces: Workspace[];
  sites: Site[];
}

export interface EmulatorClient {
  /** Everything back to a fresh start: ledger, log, faults, switches, clock. */
  reset(): Promise<void>;
  switches(): Promise<Switches>;
  /** Changes the switches that are named and returns them all. */
  setSwitches(change: Partial<Switches>): Promise<Switches>;
  faults(): Promise<Fault[]>;
  /** Adds a fault; `times` is "once" unless told. */
  addFault(spec: FaultSpec): Promise<Fault>;
  removeFault(id: number): Promise<void>;
  clearFaults(): Promise<void>;
  /** Moves Webflow's clock and returns its new time (ISO 8601). */
  advanceClock(milliseconds: number): Promise<string>;
  /** Every code and token ever issued, in raw form, oldest first. */
  ledger(): Promise<LedgerView>;
  /** Every request but those to the control API, oldest first. */
  requests(): Promise<RequestEntry[]>;
  clearRequests(): Promise<void>;
  users(): Promise<EmulatedUser[]>;
  /**
   * Decides like a person on the consent page and returns the URL that the browser is sent to. What the choice leaves
   * out is what the page has ticked: the first user, every scope asked, the first site. The URL's origin is not looked
   * at. Throws with the page's words where Webflow would show a 400 page.
   */
  authorize(url: string, choice?: ConsentChoice): Promise<string>;
  /** Says no on the consent page; returns the URL with `error=access_denied`. */
  deny(url: string): Promise<string>;
  /** The person uninstalls the app at Webflow. */
  uninstall(userId: string): Promise<void>;
  /** The person takes one site away from the app at Webflow. */
  removeSite(userId: string, siteId: string): Promise<void>;
}

/** The control API of the emulator at this origin. A refused call throws an Error with the emulator's words. */
export function emulatorClient(origin: string): EmulatorClient {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(new URL(`/_control${path}`, origin), {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!response.ok) throw new Error(`Local Webflow, ${method} ${path}: ${await response.text()}`);
    return response.json();
  }
  const run = async (method: string, path: string, body?: unknown): Promise<void> => {
    await call<unknown>(method, path, body);
  };
  const decide = async (body: Record<string, unknown>) =>
    (await call<{ location: string }>("POST", "/act/authorize", body)).location;

  return {
    reset: () => run("POST", "/reset"),
    switches: () => call("GET", "/switches"),
    setSwitches: (change) => call("PATCH", "/switches", change),
    faults: () => call("GET", "/faults"),
    addFault: (spec) => call("POST", "/faults", spec),
    removeFault: (id) => run("DELETE", `/faults/${id}`),
    clearFaults: () => run("DELETE", "/faults"),
    advanceClock: async (advanceMs) => (await call<{ now: string }>("POST", "/clock", { advanceMs })).now,
    ledger: () => call("GET", "/ledger"),
    requests: () => call("GET", "/requests"),
    clearRequests: () => run("DELETE", "/requests"),
    users: () => call("GET", "/users"),
    authorize: (url, choice = {}) => decide({ ...choice, url, decision: "approve" }),
    deny: (url) => decide({ url, decision: "deny" }),
    uninstall: (userId) => run("POST", "/act/uninstall", { userId }),
    removeSite: (userId, siteId) => run("POST", "/act/remove-site", { userId, siteId }),
  };
}
