import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { sessionTokenHash } from "@/lib/auth/session";
import { takeFromLimit } from "@/lib/rate-limit";
import { comesFromElsewhere } from "@/lib/visit";

/**
 * For a page on which one click takes something away: whom another site led there is led on to a page from which they can go there
 * themselves. The other site could have been clicked on so that the next click falls on our button.
 */
export async function leadStrangersTo(path: "/dashboard" | "/dashboard/account"): Promise<void> {
  if (await isLedHere()) redirect(path);
}

/**
 * For a page that asks Webflow at each view: whether another site has led this browser there so often that it would use up what
 * Webflow allows this person. Who comes back from Webflow's consent page was led there too, but not that often.
 */
export async function isLedTooOften(): Promise<boolean> {
  if (!(await isLedHere())) return false;
  return !(await takeFromLimit("view_from_elsewhere", await sessionTokenHash())).allowed;
}

async function isLedHere(): Promise<boolean> {
  return comesFromElsewhere({ headers: await headers() });
}
