import "server-only";
import { headers } from "next/headers";
import { env } from "@/lib/env";

/**
 * Whether a request that changes something was sent by a page of this app. Next refuses a foreign Origin for server
 * actions but lets a missing one through; a browser always sends it with a POST, so here it is required.
 */
export function isSameOrigin(requestHeaders: Headers): boolean {
  return requestHeaders.get("origin") === env().AUTH_URL;
}

/** The same for the request that runs a server action. */
export async function isSameOriginAction(): Promise<boolean> {
  return isSameOrigin(new Headers(await headers()));
}
