import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { sessionTokenHash } from "@/lib/auth/session";
import { takeFromLimit } from "@/lib/rate-limit";
import { comesFromElsewhere } from "@/lib/visit";

/**
 * For a page whose one button deletes, unlinks or disconnects: whoever comes there by no link of ours is sent to the page that has one. Another
 * site could have had them click so that the next click falls on our button.
 */
export async function requireOwnLink(otherwise: "/dashboard" | "/dashboard/account"): Promise<void> {
  if (await isLedHere()) redirect(otherwise);
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
