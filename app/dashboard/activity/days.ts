import type { ActivityEvent } from "@/lib/grants/activity";

const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "UTC" });
const dayMs = 86_400_000;

export interface Day {
  /** "Today, 25 November 2026", by the UTC calendar: the server does not know where the reader is. */
  title: string;
  events: ActivityEvent[];
}

/** Events, newest first, by the day on which they happened. */
export function groupByDay(events: readonly ActivityEvent[], now: Date): Day[] {
  const days: Day[] = [];
  for (const event of events) {
    const title = nameDay(event.at, now);
    const last = days.at(-1);
    if (last?.title === title) last.events.push(event);
    else days.push({ title, events: [event] });
  }
  return days;
}

function nameDay(at: Date, now: Date): string {
  const daysAgo = Math.floor(now.getTime() / dayMs) - Math.floor(at.getTime() / dayMs);
  const word = daysAgo === 0 ? "Today, " : daysAgo === 1 ? "Yesterday, " : "";
  return `${word}${date.format(at)}`;
}

/** "10:05". */
export function clockTime(at: Date): string {
  return clock.format(at);
}
