import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { readable } from "../bench/bytes";
import { load, median, medianRatio } from "../bench/load";
import { measureCpu } from "../bench/measure";
import { toTable, writeBetweenMarkers } from "../bench/report";

describe("the load", () => {
  let asked: { url: string; cookie: string }[] = [];
  const server = createServer((request, response) => {
    asked.push({ url: request.url ?? "", cookie: request.headers.cookie ?? "" });
    response.writeHead(request.url === "/broken" ? 500 : 200).end(request.url === "/empty" ? "" : "page");
  });
  let origin = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test("asks each page as often as it was told, as each person in turn", async () => {
    asked = [];
    const urls = [`${origin}/a`, `${origin}/b`];
    const { latencies, throughput } = await load(urls, {
      cookies: ["one", "two"],
      requests: 8,
      concurrency: 3,
    });
    expect(latencies).toHaveLength(8);
    expect(throughput).toBeGreaterThan(0);
    expect(asked.filter(({ url, cookie }) => url === "/a" && cookie === "one")).toHaveLength(4);
    expect(asked.filter(({ url, cookie }) => url === "/b" && cookie === "two")).toHaveLength(4);
  });

  test.each(["/broken", "/empty"])("a page that fails is no fast page (%s)", async (path) => {
    await expect(load([origin + path], { requests: 2, concurrency: 1 })).rejects.toThrow(path);
  });
});

test("targets take turns, and each is charged for its own work alone, not for what comes before", async () => {
  const turns: string[] = [];
  const target = (name: string, each: number) => {
    let used = 0;
    return {
      name,
      server: { cpuTime: async () => used },
      prepare: async () => {
        turns.push(`(before ${name})`);
        used += 1_000;
      },
      run: async (times: number) => {
        turns.push(name);
        used += each * times;
      },
    };
  };
  const costs = await measureCpu([target("one", 2), target("two", 5)], { warmUp: 3, rounds: 2, times: 10 });
  expect(costs.map(({ name, cpu }) => [name, cpu])).toEqual([
    ["one", 2],
    ["two", 5],
  ]);
  const [one, two] = ["(before one) one", "(before two) two"];
  expect(turns.join(" ")).toBe([one, two, one, two, two, one].join(" "));
});

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("a machine that grows slower between two turns changes no ratio", () => {
  const slowness = [1, 2, 1.5, 3, 1.2];
  const other = slowness.map((factor) => 4 * factor);
  const own = slowness.map((factor) => 5 * factor);
  expect(medianRatio(own, other)).toBe(1.25);
  // What happened to one of them alone in one turn is left out, as by any median.
  expect(medianRatio([500, ...own.slice(1)], other)).toBe(1.25);
});

test("a goal that is missed is shown, not hidden", () => {
  const row = { what: "views", app: "3 ms", comparedWith: "2 ms", ratio: 1.5, goal: 1.25 };
  expect(toTable([row])).toContain("| views | 3 ms | 2 ms | 1.50 | ≤ 1.25 (missed) |");
  expect(toTable([{ ...row, ratio: 1.2 }])).toContain("| ≤ 1.25 |");
});

test.each(["README.md", "docs/scale.md"])(
  "%s has a place for the table, and nothing else of it changes",
  (page) => {
    const text = readFileSync(join(projectRoot, page), "utf8");
    const written = writeBetweenMarkers(text, "| the table |");
    expect(written).toContain("| the table |");
    const outside = (page: string) =>
      page.replace(/(<!-- bench:begin[^>]*-->).*(<!-- bench:end -->)/s, "$1$2");
    expect(outside(written ?? "")).toBe(outside(text));
  },
);

test("what a person reads of a page is its words, without its scripts", () => {
  expect(readable("<p>Read <b>this</b></p><script>self.secret = 1</script>")).toBe(" Read this ");
});
