import "server-only";
import { redirect, unstable_rethrow } from "next/navigation";
import { errorName, log } from "@/lib/log";

/**
 * Runs a server action so that a failure becomes a page with words. Without client JavaScript a thrown error is a bare 500;
 * the dashboard reads everything anew, and says so when our database does not answer.
 */
export async function actInWords(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    unstable_rethrow(error); // redirect() and notFound() are thrown too
    log.error("action_failed", { error: errorName(error) });
    redirect("/dashboard");
  }
}
