import "server-only";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { namesOtherBuild } from "@/lib/server-actions";
import type { ConnectError } from "@/lib/webflow/errors";

/** What Next itself allows a server action to be sent. */
export const maxBytes = 1_000_000;

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
  // A scheduler is no browser: it sends no Origin, and proves itself by its secret.
  const isScheduler = pathname.startsWith("/api/cron/") && !request.headers.has("origin");
  if (request.method !== "POST" || isScheduler) return null;
  if (!isSameOrigin(request.headers)) return { status: 403, code: "cross_origin" };
  if (Number(request.headers.get("content-length")) > maxBytes) return { status: 413, code: "too_large" };
  // No form of ours is sent like this: React's are multipart/form-data, and Next knows no other.
  const isOddForm =
    !pathname.startsWith("/api/") && /^application\/x-www-form-urlencoded/i.test(contentType(request));
  if (isOddForm) return { status: 400, code: "malformed_request" };
  // Its length may not be said beforehand (chunked), so the copy is measured too.
  const body = await request.clone().arrayBuffer();
  if (body.byteLength > maxBytes) return { status: 413, code: "too_large" };
  return refusalOfBody(request, body);
}

/** What a file (its name has a dot) or a page can be asked; null for a route handler, which answers for itself. */
function methodsOf(path: string): string[] | null {
  if (path.startsWith("/api/")) return null;
  return /\.[^/]*$/.test(path) ? ["GET", "HEAD"] : ["GET", "HEAD", "POST"];
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Reads it as Next will: a form, or the arguments of a server action. */
async function refusalOfBody(request: Request, body: ArrayBuffer): Promise<Refusal | null> {
  const copy = new Response(body, { headers: { "content-type": contentType(request) } });
  // With client JavaScript the header names the action, and Next's script knows what to do when there is none.
  const isCalled = request.headers.has("next-action");
  try {
    if (/^multipart\/form-data/i.test(contentType(request))) {
      const form = await copy.formData();
      if (!isCalled && namesOtherBuild(form)) return { status: 409, code: "outdated_page" };
    } else if (isCalled) await copy.json();
    return null;
  } catch {
    return { status: 400, code: "malformed_request" };
  }
}

function contentType(request: Request): string {
  return request.headers.get("content-type") ?? "";
}
