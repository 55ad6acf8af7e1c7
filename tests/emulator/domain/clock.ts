/** The emulator's time: the machine's clock plus an offset that tests move, so that 15 minutes pass in no time. */
export class Clock {
  #offset = 0;

  /** Milliseconds since 1970, as `Date.now()`. */
  now(): number {
    return Date.now() + this.#offset;
  }

  iso(): string {
    return new Date(this.now()).toISOString();
  }

  /** Moves the clock by so many milliseconds; negative ones move it back. */
  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  get offset(): number {
    return this.#offset;
  }

  reset(): void {
    this.#offset = 0;
  }
}
