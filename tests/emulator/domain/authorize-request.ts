import type { World } from "./world";

/** A checked authorize request: what the consent page asks a person. */
export interface AuthorizeRequest {
  redirectUri: string;
  /** Whether the request named its redirect_uri: only then must the token request repeat it (RFC 6749 4.1.3). */
  redirectUriSent: boolean;
  scopes: string[];
  state: string | undefined;
  /** The workspace to preselect (`workspace=<slug>`, undocumented). */
  workspace: string | undefined;
}

/** Authorization errors of Webflow's page; they travel in the query string of the redirect URL. */
export type AuthorizeError = "invalid_request" | "unsupported_response_type" | "access_denied";

export type AuthorizeOutcome =
  | { outcome: "ask"; request: AuthorizeRequest }
  | { outcome: "redirect"; location: string }
  /** No redirect: who asked is not known for certain (RFC 6749 4.1.2.1), so the person is told instead. */
  | { outcome: "page"; title: string; detail: string };

/** The redirect URL with these parameters added to its own query, which RFC 6749 3.1.2 says to retain. */
export function redirectTo(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) location.searchParams.append(name, value);
  }
  return location.href;
}

export function errorRedirect(
  redirectUri: string,
  error: AuthorizeError,
  description: string,
  state?: string,
): string {
  return redirectTo(redirectUri, { error, error_description: description, state });
}

/** RFC 6749 3.1: a parameter without a value counts as left out. */
function valuesOf(query: URLSearchParams, name: string): string[] {
  return query.getAll(name).filter((value) => value !== "");
}

/**
 * Decides what an authorize request deserves. Promises that nobody is ever sent to an address that is not registered.
 * Source: Webflow's authorization page, step 2; RFC 6749 3.1 and 4.1.2.1. Where they leave room:
 * a bad client_id, an unregistered scope and an inexact redirect_uri end in a page, as Webflow's newer docs say;
 * other malformed requests are redirected as invalid_request. PKCE parameters are ignored.
 */
export function checkAuthorizeRequest(world: World, query: URLSearchParams): AuthorizeOutcome {
  const { client } = world;
  const [registered = ""] = client.redirectUris;
  const clientIds = valuesOf(query, "client_id");
  if (clientIds.length !== 1 || clientIds[0] !== client.id) {
    const detail = "missing or invalid client_id";
    if (world.switches.badClientId === "redirect") {
      return { outcome: "redirect", location: errorRedirect(registered, "invalid_request", detail) };
    }
    return { outcome: "page", title: "invalid_request", detail: `The link has a ${detail}.` };
  }

  const redirectUris = valuesOf(query, "redirect_uri");
  const [redirectUri = registered] = redirectUris;
  if (redirectUris.length > 1 || !client.redirectUris.includes(redirectUri)) {
    return {
      outcome: "page",
      title: "invalid_redirect_uri",
      detail: `The redirect_uri must be exactly one of those registered, slash and port included. Registered: ${client.redirectUris.join(" ")}`,
    };
  }

  const states = valuesOf(query, "state");
  const state = states.length === 1 ? states[0] : undefined;
  const refuse = (error: AuthorizeError, description: string): AuthorizeOutcome => ({
    outcome: "redirect",
    location: errorRedirect(redirectUri, error, description, state),
  });
  for (const name of new Set(query.keys())) {
    if (query.getAll(name).length > 1) return refuse("invalid_request", `${name} is repeated`);
  }
  const responseType = valuesOf(query, "response_type")[0];
  if (responseType === undefined) return refuse("invalid_request", "response_type is missing");
  if (responseType !== "code") {
    return refuse("unsupported_response_type", "response type given was not code");
  }
  const scopes = [...new Set((query.get("scope") ?? "").split(/\s+/).filter(Boolean))];
  if (scopes.length === 0) return refuse("invalid_request", "scope is missing");
  const foreign = scopes.filter((scope) => !client.scopes.includes(scope));
  if (foreign.length > 0) {
    return {
      outcome: "page",
      title: "invalid_scope",
      detail: `The app asks for scopes that it has not registered: ${foreign.join(", ")}`,
    };
  }
  return {
    outcome: "ask",
    request: {
      redirectUri,
      redirectUriSent: redirectUris.length === 1,
      scopes,
      state,
      workspace: query.get("workspace") ?? undefined,
    },
  };
}
