import { FaultList } from "../faults/list";
import type { RegisteredClient } from "./client";
import { Clock } from "./clock";
import { Ledger } from "./ledger";
import { RateLimiter } from "./rate-limit";
import { RequestLog } from "./request-log";
import { defaultSwitches, type Switches } from "./switches";

/** Everything one emulator knows. Two emulators in one process share nothing. */
export class World {
  readonly clock = new Clock();
  readonly ledger = new Ledger(this.clock);
  readonly rateLimiter = new RateLimiter(this.clock);
  readonly faults = new FaultList();
  readonly requests = new RequestLog();
  switches: Switches = { ...defaultSwitches };

  constructor(readonly client: RegisteredClient) {}

  /** Back to the state of a fresh start: no token, no fault, no request, every switch at its default, the true time. */
  reset(): void {
    this.clock.reset();
    this.ledger.reset();
    this.rateLimiter.reset();
    this.faults.clear();
    this.requests.clear();
    this.switches = { ...defaultSwitches };
  }
}
