import { Agent, get } from "node:http";

export interface Load {
  /** Milliseconds of each request, in the order in which they ended. */
  latencies: number[];
  /** Requests a second over the whole load. */
  throughput: number;
}

/**
 * Asks a page so many times, with so many requests under way at any moment, each over connections of its own that stay open and
 * are never idle for long: a server closes one after five seconds, perhaps just when the next request comes (ECONNRESET).
 *
 * @param urls asked in turn
 * @param cookies one of them a request, in turn
 * @throws when an answer is not 200, or has no body: a fast error must not count as a fast page
 */
export async function load(
  urls: readonly string[],
  {
    cookies = [""],
    headers = {},
    requests,
    concurrency,
  }: {
    cookies?: readonly string[];
    headers?: Record<string, string>;
    requests: number;
    concurrency: number;
  },
): Promise<Load> {
  const agents = Array.from({ length: concurrency }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const latencies: number[] = [];
  let next = 0;
  const work = async (agent: Agent) => {
    for (let turn = next++; turn < requests; turn = next++) {
      const before = performance.now();
      const cookie = cookies[turn % cookies.length];
      await ask(urls[turn % urls.length] ?? "", { ...headers, ...(cookie ? { cookie } : {}) }, agent);
      latencies.push(performance.now() - before);
    }
  };
  const started = performance.now();
  try {
    await Promise.all(agents.map(work));
  } finally {
    for (const agent of agents) agent.destroy();
  }
  return { latencies, throughput: (requests / (performance.now() - started)) * 1000 };
}

function ask(url: string, headers: Record<string, string>, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: "text/html", ...headers } }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => (bytes += chunk.length));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200 && bytes > 0) resolve();
        else reject(new Error(`${url} answers ${response.statusCode} with ${bytes} bytes`));
      });
    }).on("error", reject);
  });
}

/**
 * How two targets compare that were measured by turns: the median of what one cost each time, by what the other did just then. A machine
 * that grows slower meanwhile makes both dearer, and the ratio of their medians something else.
 */
export function medianRatio(own: readonly number[], others: readonly number[]): number {
  return median(own.map((value, turn) => value / (others[turn] ?? Number.NaN)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
