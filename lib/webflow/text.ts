import { z } from "zod";

/**
 * What people named at Webflow, or null: nothing that PostgreSQL cannot store (NUL, halves of characters), because then the
 * rest was lost too, and nothing that cannot be seen.
 */
export const text = z
  .string()
  .trim()
  .min(1)
  .max(320)
  .refine((value) => isStorable(value) && isVisible(value))
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
