import type { Connection } from "@/lib/grants/read";
import { isVisible } from "@/lib/webflow/text";

/** Who a connection belongs to: name and e-mail, or the best that Webflow told us. */
export function connectionOwner({ id, name, email }: Connection["webflowUser"]): {
  title: string;
  detail: string | null;
} {
  const known = [name, email].filter((part) => part !== null && isVisible(part));
  return { title: known[0] ?? `Webflow user ${id}`, detail: known[1] ?? null };
}
