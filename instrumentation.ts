import { env } from "@/lib/env";

/** Checks the whole environment when a server starts: better one message now than an error at the first visitor. */
export function register(): void {
  env();
}
