import "server-only";
import { checkStale } from "@/lib/grants/check";
import { type Dashboard, readDashboard } from "@/lib/grants/read";
import { sweepOne } from "@/lib/grants/sweep";
import { afterResponse } from "@/lib/request-id";
import { load } from "./load";

/** The dashboard of whoever asks; null when our database does not answer. What it says is due is done after the response. */
export function loadDashboard(): Promise<Dashboard | null> {
  return load(async (tokenHash) => {
    const dashboard = await readDashboard(tokenHash);
    if (!dashboard) return null;
    const { userId, checkDue, sweepDue } = dashboard;
    if (checkDue) await afterResponse(() => checkStale(userId));
    if (sweepDue) await afterResponse(() => sweepOne());
    return dashboard;
  });
}
