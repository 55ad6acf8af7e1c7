import type { Clock } from "./clock";

const WINDOW_MS = 60_000;

export interface RateLimitVerdict {
  limit: number;
  remaining: number;
  exceeded: boolean;
}

/** Counts requests per token. A minute starts with a token's first request, so that no test depends on the time of day. */
export class RateLimiter {
  #windows = new Map<string, { startedAt: number; count: number }>();

  constructor(private readonly clock: Clock) {}

  count(token: string, limit: number): RateLimitVerdict {
    const now = this.clock.now();
    const open = this.#windows.get(token);
    const window = open && now - open.startedAt < WINDOW_MS ? open : { startedAt: now, count: 0 };
    window.count += 1;
    this.#windows.set(token, window);
    return { limit, remaining: Math.max(0, limit - window.count), exceeded: window.count > limit };
  }

  reset(): void {
    this.#windows.clear();
  }
}
