import type { Instrumentation } from "next";

/** Checks the whole environment when a server starts: better one message now than an error at the first visitor. */
export async function register(): Promise<void> {
  // Next replaces this while it builds: the file is compiled for the edge runtime too, which cannot end a process.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { checkEnvAtStart, isDevelopment, isOwnServer } = await import("@/lib/env");
    checkEnvAtStart();
    if (!isDevelopment()) (await import("@/lib/console")).takeOverConsole();
    if (isOwnServer()) (await import("@/lib/http-requests")).watchRequests();
    const { isReady } = await import("@/lib/grants/ready");
    // Not awaited: pages that need no database are served without one. A wrong key is in the log at once, and seals nothing.
    void isReady();
  }
}

/** Whatever a page, a route or an action threw and nobody caught; the error page shows the digest. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, { routePath }) => {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { errorName, log } = await import("@/lib/log");
    const digest = error instanceof Error && "digest" in error ? String(error.digest) : undefined;
    const { requestIdHeader, toRequestId } = await import("@/lib/request-id");
    const requestId = toRequestId(request.headers[requestIdHeader]) ?? undefined;
    log.error("request_failed", { error: errorName(error), digest, route: routePath, requestId });
  }
};
