/** Checks the whole environment when a server starts: better one message now than an error at the first visitor. */
export async function register(): Promise<void> {
  // Next replaces this while it builds: the file is compiled for the edge runtime too, which cannot end a process.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { checkEnvAtStart } = await import("@/lib/env");
    checkEnvAtStart();
    const { isReady } = await import("@/lib/grants/ready");
    // Not awaited: pages that need no database are served without one. A wrong key is in the log at once, and seals nothing.
    void isReady();
  }
}
