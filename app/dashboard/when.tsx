import { exactTime, relativeTime } from "./relative-time";

/** A moment in words; the exact time is one hover away, and spelled out under "Details" of the card. */
export function When({ at, now }: { at: Date; now: Date }) {
  return (
    <time dateTime={at.toISOString()} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
