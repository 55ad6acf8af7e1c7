import fc from "fast-check";
import { expect, test } from "vitest";
import { readFacts } from "../facts";
import { openWorld } from "../world";
import { Model } from "./model";
import { Run } from "./run";
import { sequences, switches } from "./steps";

const world = openWorld();
const long = process.env.TESTS_LONG === "1";
const seed = Number(process.env.TESTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = long ? 500 : 15;

test(
  "whatever happens in whatever order, in every position of what nobody knows of Webflow, every promise is kept",
  async () => {
    console.info(`${numRuns} sequences of events, TESTS_SEED=${seed}`);
    await fc.assert(
      fc.asyncProperty(switches, sequences(long ? 25 : 12), async (positions, steps) => {
        await world().reset();
        await world().emulator.control.setSwitches(positions);
        const model = new Model(positions);
        const run = new Run(world(), model);
        for (const step of steps) await run.make(step);
        expect(await world().verdict()).toEqual([]);
        expect(model.disagreements(await readFacts(world()))).toEqual([]);
      }),
      { seed, numRuns, endOnFailure: false, interruptAfterTimeLimit: long ? undefined : 60_000 },
    );
  },
  long ? 3_600_000 : 120_000,
);
