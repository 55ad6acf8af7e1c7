import "server-only";
import { env, isDevelopment } from "@/lib/env";

/** The nonce of a policy that `contentSecurityPolicy` made, for a script of a page; undefined without one. */
export function nonceOf(policy: string | null): string | undefined {
  return policy?.match(/'nonce-([^']+)'/)?.[1];
}

/**
 * The policy of every page: scripts only with this response's nonce, styles only from files, no frames. "Connect Webflow" is a form,
 * and a browser that is led to an origin that `form-action` lacks stops, without a word: so it names every one that may lie on
 * the way, Webflow's other hosts (a step of its login, say) and, from a preview, the stable deployment.
 */
export function contentSecurityPolicy(nonce: string): string {
  // Next's dev server evaluates code for its source maps and injects style elements.
  const { WEBFLOW_OAUTH_URL, AUTH_REDIRECT_PROXY_URL } = env();
  const stable = AUTH_REDIRECT_PROXY_URL ? ` ${new URL(AUTH_REDIRECT_PROXY_URL).origin}` : "";
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
    `form-action 'self' ${WEBFLOW_OAUTH_URL} https://*.webflow.com${stable}`,
    "frame-ancestors 'none'",
  ].join("; ");
}
