import { Hono } from "hono";
import { redeemCode } from "../domain/grants";
import type { World } from "../domain/world";
import { authenticateClient } from "./client-authentication";
import type { Environment } from "./environment";
import { readParameters } from "./parameters";

const noStore = { "cache-control": "no-store", pragma: "no-cache" };

/**
 * POST /oauth/access_token: a code for a token. Source: Webflow's authorization page, step 3 and "Access code errors";
 * RFC 6749 4.1.3, 5.1 and 5.2. Nothing is read from the query string (RFC 6749 2.3.1).
 */
export function tokenRoutes(world: World): Hono<Environment> {
  return new Hono<Environment>().post("/oauth/access_token", async (c) => {
    const refuse = (error: string, error_description: string, status: 400 | 401 = 400) => {
      if (status === 401) c.header("www-authenticate", 'Basic realm="Local Webflow"');
      return c.json({ error, error_description }, status, noStore);
    };

    const parameters = readParameters(c.req.header("content-type"), await c.req.text());
    if (!parameters.ok) return refuse("invalid_request", parameters.reason);
    const client = authenticateClient(world, c.req.header("authorization"), parameters);
    if (!client.ok) return refuse(client.error, client.description, client.status);
    if (parameters.get("grant_type") !== "authorization_code") {
      return refuse(
        "unsupported_grant_type",
        "grant_type should always be specified as the string authorization_code",
      );
    }

    // The page spells the parameter redirect_URI, everything else redirect_uri: both are taken.
    const redirectUri = parameters.get("redirect_uri") ?? parameters.get("redirect_URI");
    const result = redeemCode(world, parameters.get("code"), redirectUri);
    if ("error" in result) return refuse(result.error, result.error_description);
    const { tokenScope } = world.switches;
    const scope = result.authorization.scopes.join(tokenScope === "comma" ? "," : " ");
    const answer = { token_type: "bearer", access_token: result.value };
    return c.json(tokenScope === "none" ? answer : { ...answer, scope }, 200, noStore);
  });
}
