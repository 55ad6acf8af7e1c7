import "server-only";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { readForm } from "@/lib/browser-form";
import { type ActionFlaw, flawOfCall, flawOfForm } from "@/lib/server-actions";
import { isLookFromElsewhere } from "@/lib/visit";
import type { ConnectError } from "@/lib/webflow/errors";

/** What Next itself allows a server action to be sent: for a clone's routes under /api/, which answer for themselves. */
export const maxBytes = 1_000_000;
/**
 * Of what this app's own pages send, to a page or to NextAuth: some hundred bytes, with a long address to come back to ten thousand.
 * Whoever reads JSON makes of each up to fifty in memory, before anybody is asked who they are: take no more than your longest form needs.
 */
const maxFormBytes = 24 * 1024;

export interface Refusal {
  status: 400 | 403 | 405 | 409 | 413;
  code: Extract<ConnectError, "malformed_request" | "cross_origin" | "too_large" | "outdated_page">;
  headers?: Record<string, string>;
}

/**
 * Refuses in words what Next would answer with a bare 500: a path that cannot be decoded, a method that neither pages nor files
 * have, and a POST that comes from no page of ours, is too large, cannot be read, or names an action of another build. Opens
 * nothing: every action and route checks for itself who asks.
 */
export async function refusalOf(request: Request): Promise<Refusal | null> {
  const { pathname } = new URL(request.url);
  if (!isDecodable(pathname)) return { status: 400, code: "malformed_request" };
  const methods = methodsOf(pathname);
  if (methods && !methods.includes(request.method))
    return { status: 405, code: "malformed_request", headers: { allow: methods.join(", ") } };
  if (request.method !== "POST") return null;
  // A machine (a scheduler, a webhook) is no browser: it sends no Origin, and the route asks it for a proof of its own.
  const isMachine = pathname.startsWith("/api/") && !request.headers.has("origin");
  if (!isMachine && !isSameOrigin(request.headers)) return { status: 403, code: "cross_origin" };
  const most = answersForItself(pathname) ? maxBytes : maxFormBytes;
  const length = request.headers.get("content-length");
  if (Number(length) > most) return { status: 413, code: "too_large" };
  if (length !== null && !isForAction(request.headers)) return null;
  // Its length may not be said beforehand (chunked), so what came is measured too.
  const body = await request.arrayBuffer();
  if (body.byteLength > most) return { status: 413, code: "too_large" };
  if (pathname.startsWith("/api/"))
    return isForm(request.headers) && encodedInVain.test(pathname)
      ? { status: 400, code: "malformed_request" }
      : null;
  const code = flawOf(request, body);
  return code && { status: code === "outdated_page" ? 409 : 400, code };
}

/**
 * Whether another web page only looks at one of ours, which nothing here is made for: each look would come with the cookie of who is
 * signed in, and cost them, here and at Webflow. Files are for everybody (none lies under /dashboard/, where an id may have a dot),
 * and of a route under /api/ it is the route's to say.
 *
 * @param request one that is not refused
 */
export function isLookAtPage(request: Request): boolean {
  if (!isLookFromElsewhere(request)) return false;
  const { pathname } = new URL(request.url);
  const isForEverybody = isFile(pathname) && !decodeURIComponent(pathname).startsWith("/dashboard/");
  return !pathname.startsWith("/api/") && !isForEverybody;
}

/** Whether it is a route under /api/ that is not NextAuth's, by the name as Next finds it: decoded. */
function answersForItself(path: string): boolean {
  return /^\/api\/(?!auth\/)/.test(decodeURIComponent(path));
}

/**
 * A slash, or what needs no encoding (RFC 3986 2.3). Of a route that is written so Next finds the name, but answers by its 404 page,
 * which looks for an action in a form.
 */
const encodedInVain = /%(?:2[d-f]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/i;

/** What a file (its name has a dot) or a page can be asked; null for a route handler, which answers for itself. */
function methodsOf(path: string): string[] | null {
  if (path.startsWith("/api/")) return null;
  if (path === "/sign-out") return ["POST"];
  return isFile(path) ? ["GET", "HEAD"] : ["GET", "HEAD", "POST"];
}

function isFile(path: string): boolean {
  const decoded = decodeURIComponent(path);
  return decoded.includes(".", decoded.lastIndexOf("/"));
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isForAction(headers: Headers): boolean {
  return headers.has("next-action") || isForm(headers);
}

/** In these very letters, as Next looks for them. */
function isForm(headers: Headers): boolean {
  return contentType(headers).startsWith("multipart/form-data");
}

/** Reads it as Next will: a form, or the arguments of a server action. */
function flawOf({ headers }: Request, body: ArrayBuffer): ActionFlaw | null {
  const text = Buffer.from(body).toString();
  const read = isForm(headers) ? readForm(text, contentType(headers)) : text;
  if (read === null) return "malformed_request";
  // With client JavaScript the header names the action, and Next's script knows what to do when there is none.
  if (headers.has("next-action")) return flawOfCall(read);
  return typeof read === "string" ? null : flawOfForm(read);
}

function contentType(headers: Headers): string {
  return headers.get("content-type") ?? "";
}
