import { Agent, get } from "node:http";

export interface Load {
  /** Milliseconds of each request, in the order in which they ended. */
  latencies: number[];
  /** Requests a second over the whole load. */
  throughput: number;
}

/**
 * Asks a page so many times, with so many requests under way at any moment, over connections that stay open.
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
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latencies: number[] = [];
  let next = 0;
  const work = async () => {
    for (let turn = next++; turn < requests; turn = next++) {
      const before = performance.now();
      const cookie = cookies[turn % cookies.length];
      await ask(urls[turn % urls.length] ?? "", { ...headers, ...(cookie ? { cookie } : {}) }, agent);
      latencies.push(performance.now() - before);
    }
  };
  const started = performance.now();
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    agent.destroy();
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

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
