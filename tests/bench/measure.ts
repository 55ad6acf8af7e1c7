import { load, median } from "./load";
import type { Server } from "./servers";

/** Something to measure against others. */
export interface Target {
  name: string;
  server: Pick<Server, "cpuTime">;
  /** What comes before, and is not measured. */
  prepare?(times: number): Promise<unknown>;
  /** Does it so many times. */
  run(times: number): Promise<unknown>;
}

export interface Cost {
  name: string;
  /** Milliseconds of CPU time each, the median of all rounds. */
  cpu: number;
  rounds: number[];
}

/**
 * CPU time of each target, alternating between them round by round: whatever else the machine does meanwhile falls on all
 * alike. Every target is warmed up first, until V8 has compiled what it is going to compile; by turns as well, because a server
 * that was idle while the others warmed up has lost some of that again.
 */
export async function measureCpu(
  targets: readonly Target[],
  { warmUp, rounds, times }: { warmUp: number; rounds: number; times: number },
): Promise<Cost[]> {
  for (let done = 0; done < warmUp; done += times)
    for (const { prepare, run } of targets) {
      await prepare?.(times);
      await run(times);
    }
  const costs = targets.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    // There and back: whoever follows another each time would pay for what that one leaves behind.
    const turns = [...targets.entries()];
    for (const [index, target] of round % 2 === 0 ? turns : turns.toReversed()) {
      await target.prepare?.(times);
      const before = await target.server.cpuTime();
      await target.run(times);
      costs[index]?.rounds.push(((await target.server.cpuTime()) - before) / times);
    }
  }
  return costs.map((cost) => ({ ...cost, cpu: median(cost.rounds) }));
}

/** Views of one page by people with these cookies, as a target. */
export function viewsOf(
  name: string,
  server: Server,
  path: string,
  cookies: readonly string[] = [""],
): Target {
  const run = (requests: number) => load([`${server.origin}${path}`], { cookies, requests, concurrency: 4 });
  return { name, server, run };
}
