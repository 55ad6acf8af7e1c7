import "server-only";
import { redirect } from "next/navigation";
import { after } from "next/server";
import { sessionTokenHash } from "@/lib/auth/session";
import { touchSession } from "@/lib/auth/sessions";
import { checkStale } from "@/lib/grants/check";
import { type Dashboard, readDashboard } from "@/lib/grants/read";
import { log } from "@/lib/log";

/**
 * The dashboard of whoever asks; nobody is sent to sign in. What it says is due is done after the response. Null
 * when our database does not answer: a thrown error would leave browsers without JavaScript with an empty page, because
 * React shows error boundaries only on the client.
 */
export async function loadDashboard(): Promise<Dashboard | null> {
  const tokenHash = await sessionTokenHash();
  let dashboard: Dashboard | null;
  try {
    dashboard = await readDashboard(tokenHash);
  } catch (error) {
    log.error("dashboard_unavailable", { error: error instanceof Error ? error.name : "unknown" });
    return null;
  }
  if (!dashboard || !tokenHash) redirect("/sign-in");
  const { userId, sessionSeenStale, checkDue } = dashboard;
  if (sessionSeenStale) after(() => touchSession(tokenHash));
  if (checkDue) after(() => checkStale(userId));
  return dashboard;
}
