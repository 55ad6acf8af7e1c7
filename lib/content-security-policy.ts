import "server-only";
import { env, isDevelopment } from "@/lib/env";

/**
 * The policy of every page: scripts only with this response's nonce, styles only from files, no frames. `form-action` names
 * Webflow's origin, because without client JavaScript "Connect Webflow" is a form whose answer redirects there.
 */
export function contentSecurityPolicy(nonce: string): string {
  // Next's dev server evaluates code for its source maps and injects style elements.
  const [script, style] = isDevelopment() ? [" 'unsafe-eval'", " 'unsafe-inline'"] : ["", ""];
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${script}`,
    `style-src 'self'${style}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    `form-action 'self' ${env().WEBFLOW_OAUTH_URL}`,
    "frame-ancestors 'none'",
  ].join("; ");
}
