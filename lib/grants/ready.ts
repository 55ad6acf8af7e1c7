import "server-only";
import { errorName, log } from "@/lib/log";
import { checkKeys } from "./keyring";

/**
 * Whether this instance can do its work: the database answers, no key of TOKEN_KEYS is wrong, and none is missing that a
 * stored token needs. Costs the same however many tokens are stored.
 */
export async function isReady(): Promise<boolean> {
  try {
    return (await checkKeys()).length === 0;
  } catch (error) {
    log.error("not_ready", { error: errorName(error) });
    return false;
  }
}
