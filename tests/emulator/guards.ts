import { createMiddleware } from "hono/factory";
import type { Environment } from "./routes/environment";

const loopbackName = /^(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Answers only requests that name a loopback host. A web page whose own name was made to point at 127.0.0.1 (DNS
 * rebinding) counts as same-origin in the browser; its Host header gives it away.
 */
export const loopbackOnly = createMiddleware<Environment>(async (c, next) => {
  if (!loopbackName.test(c.req.header("host") ?? "")) {
    return c.text("The local Webflow answers on localhost only.", 421);
  }
  return next();
});

const MAX_BODY_BYTES = 1024 * 1024;

/** Refuses a body that says it is larger than a megabyte, before it is read. */
export const smallBodiesOnly = createMiddleware<Environment>(async (c, next) => {
  if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES)
    return c.text("The body is too large.", 413);
  return next();
});

interface BrowserHeaders {
  host: string | undefined;
  origin: string | undefined;
  fetchSite: string | undefined;
}

/** Whether this comes from the emulator's own pages, from the address bar, or from a program that is no browser. */
function isOwn({ host, origin, fetchSite }: BrowserHeaders): boolean {
  if (origin !== undefined && origin !== `http://${host}`) return false;
  return fetchSite === undefined || fetchSite === "same-origin" || fetchSite === "none";
}

/**
 * Refuses whatever another site's page makes the browser send: the control API holds raw tokens, and forms change
 * state. Links from elsewhere may open the pages that are named, in a window of their own.
 */
export function ownPagesOnly(pages: readonly string[]) {
  return createMiddleware<Environment>(async (c, next) => {
    const opensPage =
      c.req.method === "GET" && pages.includes(c.req.path) && c.req.header("sec-fetch-dest") === "document";
    const own = isOwn({
      host: c.req.header("host"),
      origin: c.req.header("origin"),
      fetchSite: c.req.header("sec-fetch-site"),
    });
    if (!opensPage && !own) return c.text("Another site’s page may not do this.", 403);
    return next();
  });
}
