import { describe, expect, test } from "vitest";
import { describeDevice } from "@/app/dashboard/account/device";
import { clockTime, groupByDay } from "@/app/dashboard/activity/days";
import { describeEvent } from "@/app/dashboard/activity/sentences";
import { ActivityType } from "@/lib/generated/prisma/enums";
import type { ActivityEvent } from "@/lib/grants/activity";

const noon = new Date("2026-11-24T12:00:00Z");

function event(changes: Partial<ActivityEvent>): ActivityEvent {
  return {
    id: "1",
    type: "CONNECTED",
    at: noon,
    webflowUser: { id: "u1", name: "Ada", email: null },
    added: [],
    removed: [],
    elsewhere: false,
    ...changes,
  };
}

describe("what happened, in a sentence", () => {
  test.each(Object.values(ActivityType))("%s has one of its own, without jargon", (type) => {
    const { sentence } = describeEvent(event({ type }));
    expect(sentence).toMatch(/^[A-Z].+\.$/);
    expect(sentence).not.toMatch(/OAuth|token|grant|scope|undefined|null/i);
  });

  test("no two types share one", () => {
    const sentences = Object.values(ActivityType).map((type) => describeEvent(event({ type })).sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test("says what came and what went", () => {
    const { sentence } = describeEvent(
      event({ type: "SCOPES_CHANGED", added: ["cms:write"], removed: ["sites:read", "robots:x"] }),
    );
    expect(sentence).toMatch(
      /: added change CMS items \(cms:write\); removed read sites \(sites:read\), robots:x\.$/,
    );
  });

  test("a name that turns the direction of writing keeps to itself", () => {
    const turning = "\u202eevil";
    const { sentence } = describeEvent(event({ webflowUser: { id: "u1", name: turning, email: null } }));
    expect(sentence).toBe(`You connected \u2068${turning}\u2069.`);
  });

  test("of a connection that is no longer known still reads well", () => {
    expect(describeEvent(event({ webflowUser: null })).sentence).toBe("You connected a Webflow account.");
  });
});

describe("days of activity", () => {
  test("are those of UTC, today and yesterday by name", () => {
    const at = (iso: string) => event({ at: new Date(iso) });
    const days = groupByDay(
      [
        at("2026-11-24T00:00:00Z"),
        at("2026-11-23T23:59:59Z"),
        at("2026-11-23T01:00:00Z"),
        at("2025-12-31T05:00:00Z"),
      ],
      noon,
    );
    expect(days.map(({ title, events }) => [title, events.length])).toEqual([
      ["Today, 24 November 2026", 1],
      ["Yesterday, 23 November 2026", 2],
      ["31 December 2025", 1],
    ]);
    expect(clockTime(noon)).toBe("12:00");
  });
});

describe("a browser in words", () => {
  const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0";
  test.each([
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0",
      "Firefox on Windows",
    ],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/145.0.0.0`, "Edge on Windows"],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${chrome} Safari/537.36`, "Chrome on Mac"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
      "Safari on iPhone",
    ],
    [`Mozilla/5.0 (Linux; Android 16; SM-S931B) ${chrome} Mobile Safari/537.36`, "Chrome on Android"],
    ["curl/8.14.1", "A browser that we do not know"],
    ["<b>Chrome/1</b>", "Chrome"],
    ["<script>alert(1)</script> Linux", "A browser on Linux"],
    ["", "A browser that we do not know"],
    [null, "A browser that we do not know"],
  ])("%j is %j: nothing of it is echoed", (userAgent, words) => {
    expect(describeDevice(userAgent)).toBe(words);
  });
});
