import "server-only";
import { env } from "@/lib/env";
import type { Authorization, WebflowUser } from "./authorization";
import { parseTokenAnswer } from "./token";

/** A proven Webflow user, what was granted, and by which stored token. */
export interface WebflowProfile {
  grantId: string;
  user: WebflowUser;
  authorization: Authorization;
}

export interface WebflowProviderOptions {
  /** Stores a fresh access token before anything else can fail. Answers the id by which `identify` finds it. */
  receiveToken: (accessToken: string) => Promise<string>;
  /** Says whose token it is, by a Webflow user id that Webflow returned, or throws. */
  identify: (grantId: string) => Promise<WebflowProfile>;
}

/**
 * The Webflow provider for NextAuth: authorization code with `state`, credentials in the body (client_secret_post), scopes
 * and redirect URI from the configuration only. PKCE is not documented by Webflow and is not relied on.
 *
 * The access token never enters NextAuth: as soon as it is parsed it is stored, and NextAuth is handed the id of the stored
 * Grant in its place. So no NextAuth callback, log line, adapter or cookie can leak it.
 *
 * Source: Webflow, "Authorization", steps 2 and 3; RFC 6749 4.1.
 */
export function webflowProvider({ receiveToken, identify }: WebflowProviderOptions) {
  const { WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET, WEBFLOW_SCOPES, WEBFLOW_OAUTH_URL, WEBFLOW_API_URL } =
    env();
  return {
    id: "webflow" as const,
    name: "Webflow",
    type: "oauth" as const,
    clientId: WEBFLOW_CLIENT_ID,
    clientSecret: WEBFLOW_CLIENT_SECRET,
    client: { token_endpoint_auth_method: "client_secret_post" },
    checks: ["state" as const],
    authorization: {
      url: `${WEBFLOW_OAUTH_URL}/oauth/authorize`,
      params: { scope: WEBFLOW_SCOPES.join(" ") },
    },
    token: {
      url: `${WEBFLOW_API_URL}/oauth/access_token`,
      conform: async (response: Response) =>
        Response.json({
          token_type: "bearer",
          access_token: await receiveToken(await parseTokenAnswer(response)),
        }),
    },
    userinfo: {
      url: `${WEBFLOW_API_URL}/v2/token/introspect`,
      request: ({ tokens }: { tokens: { access_token?: string } }) => identify(tokens.access_token ?? ""),
    },
    profile: ({ user }: WebflowProfile) => ({ id: user.id, name: user.name, email: user.email }),
    // NextAuth's Account is identity only.
    account: () => ({}),
  };
}
