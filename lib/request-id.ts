import "server-only";
import { AsyncLocalStorage } from "node:async_hooks";
import { headers } from "next/headers";
import { after } from "next/server";

/** Set by proxy.ts on every request, whatever the browser sent, and on its answer. */
export const requestIdHeader = "x-request-id";

const kept = new AsyncLocalStorage<string | null>();

/** The id of the request that is being answered: 16 hex digits, on its log lines and on its error page. Null outside of one. */
export async function requestId(): Promise<string | null> {
  const id = kept.getStore();
  if (id !== undefined) return id;
  try {
    return toRequestId((await headers()).get(requestIdHeader));
  } catch {
    return null;
  }
}

/** The value of that header, if proxy.ts wrote it: without proxy.ts it could be anything. */
export function toRequestId(sent: unknown): string | null {
  return typeof sent === "string" && /^[0-9a-f]{16}$/.test(sent) ? sent : null;
}

/** Does some work after the response of this request; its log lines carry the same id, which Next itself forgets there. */
export async function afterResponse(work: () => Promise<void>): Promise<void> {
  const id = await requestId();
  after(() => kept.run(id, work));
}
