import type { CallResult } from "@/lib/grants/call-webflow";

type Failure = Exclude<CallResult<unknown>, { kind: "ok" }>;

/** What a person reads when Webflow was asked and did not give: whose turn it is, and what to do. */
export function callWords(failure: Failure): string {
  switch (failure.kind) {
    case "not_connected":
      return "This connection has ended or was replaced just now. Load this page again.";
    case "withdrawn":
      return "Webflow says that this access has ended. Go back to your connections and reconnect.";
    case "missing_scopes":
      return "You did not allow this. Go back to your connections and reconnect to allow it.";
    case "rate_limited":
      return `Webflow answers only so often a minute. Try again in ${failure.retryAfterSeconds} seconds.`;
    case "refused":
      return "Webflow did not give us this. Perhaps it was removed in the meantime.";
    case "unavailable":
      return "Webflow did not answer. Wait a moment, then load this page again.";
  }
}
