import "server-only";
import { z } from "zod";

/** The id in this field of a form, or null. Whoever calls a server action by hand may give it anything in place of the form. */
export function readId(form: unknown, field: string): string | null {
  const id = z.uuid().safeParse(form instanceof FormData ? form.get(field) : null);
  return id.success ? id.data : null;
}
