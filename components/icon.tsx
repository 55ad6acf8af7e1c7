/** The drawings in public/icons.svg: one cached file instead of paths repeated in every row. */
export type IconName = "read" | "write" | "check" | "partial" | "wait" | "off" | "alert" | "lock";

/** Decoration only: a word always stands beside it. */
export function Icon({ name, size = "size-4" }: { name: IconName; size?: "size-4" | "size-6" }) {
  return (
    <svg aria-hidden="true" className={`${size} shrink-0`}>
      <use href={`/icons.svg#${name}`} />
    </svg>
  );
}
