import "server-only";
import { revalidatePath } from "next/cache";
import { headers } from "next/headers";
import { redirect } from "next/navigation";

/**
 * The end of a server action that stays on its page. With client JavaScript the page is refreshed in place and keeps the
 * focus; without, the browser is sent there by GET, so that a reload does not repeat the action.
 */
export async function showAgain(path: `/dashboard${string}`): Promise<void> {
  revalidatePath(path);
  // Next's client sends this header with an action; a plain form does not.
  if (!(await headers()).has("next-action")) redirect(path);
}
