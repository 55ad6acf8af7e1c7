import { expect, test } from "vitest";
import { RequestLog } from "../../emulator/domain/request-log";

test("the log lets go of the oldest requests when there are many, and sooner when their bodies are large", () => {
  const log = new RequestLog();
  const add = (times: number, rawBody: string) => {
    for (let time = 0; time < times; time++)
      log.add({
        at: "2026-01-01T00:00:00.000Z",
        method: "POST",
        path: "/oauth/access_token",
        endpoint: null,
        query: {},
        headers: {},
        rawBody,
        body: null,
        status: null,
        fault: null,
      });
  };
  const kept = () => [log.list().at(0)?.id, log.list().at(-1)?.id];
  add(5_001, "small");
  expect(kept()).toEqual([2, 5_001]);
  add(20, "x".repeat(1_000_000));
  expect(kept()).toEqual([5_006, 5_021]);
  add(1, "small");
  expect(kept()).toEqual([5_007, 5_022]);
  log.clear();
  add(16, "x".repeat(1_000_000));
  expect(kept()).toEqual([5_023, 5_038]);
});
