import "server-only";
import { NextResponse } from "next/server";
import { env } from "@/lib/env";
import type { ConnectError } from "@/lib/webflow/errors";

/** The page that says in words what went wrong. */
export function errorPage(code: ConnectError): URL {
  return new URL(`/auth/error?error=${code}`, env().AUTH_URL);
}

/** The page that says that this was too often, with its own 429 and Retry-After: where to send whoever was refused. */
export function tooManyRequestsPage(retryAfterSeconds: number): URL {
  return new URL(`/too-many-requests?seconds=${retryAfterSeconds}`, env().AUTH_URL);
}

/**
 * Where to send whoever turned out not to be signed in: with a token that opened nothing, by the way that takes it out of the browser.
 *
 * @param tokenHash from `sessionTokenHash()`
 */
export function signInPath(tokenHash: string | null): "/sign-in" | "/session-ended" {
  return tokenHash === null ? "/sign-in" : "/session-ended";
}

/** A redirect that nobody keeps. */
export function sendTo(url: URL): Response {
  return NextResponse.redirect(url, { status: 302, headers: { "cache-control": "no-store" } });
}
