import { z } from "zod";

/**
 * What people named at Webflow, one line, or null: nothing that PostgreSQL cannot store (NUL, halves of characters), because then the
 * rest was lost too, and nothing that cannot be seen.
 */
export const text = z
  .string()
  .trim()
  .min(1)
  .max(320)
  .refine((value) => isStorable(value) && isVisible(value))
  .transform(toOneLine)
  .nullish()
  .catch(null);

/** Whether PostgreSQL takes it. */
export function isStorable(value: string): boolean {
  return !/[\0\p{Cs}]/u.test(value);
}

/** Whether there is anything to see: spaces of every kind, signs of direction and fillers are nothing. */
export function isVisible(value: string): boolean {
  return /[^\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u.test(value);
}

/**
 * Without what could turn the words around a name: signs that turn the direction for all that follows, and ends of a paragraph, each of
 * which ends the isolation (`<bdi>`, or `isolate`) that a name is shown in (Unicode UAX #9, X5c and P1). Letters bring their direction along.
 */
function toOneLine(value: string): string {
  return value.replace(/[\u202A-\u202E\u2066-\u2069]/g, "").replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
