import "server-only";
import { redirect, unstable_rethrow } from "next/navigation";
import { errorName, log } from "@/lib/log";

/** Runs a server action so that a failure becomes a page with words. Without client JavaScript a thrown error is a bare 500. */
export async function actInWords(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    unstable_rethrow(error); // redirect() and notFound() are thrown too
    log.error("action_failed", { error: errorName(error) });
    redirect("/refused?status=503");
  }
}
