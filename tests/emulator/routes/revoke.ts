import { type Context, Hono } from "hono";
import { revokeToken } from "../domain/grants";
import type { World } from "../domain/world";
import { authenticateClient } from "./client-authentication";
import type { Environment } from "./environment";
import { readParameters } from "./parameters";

/** One origin plays both of Webflow's hosts; this name asks for webflow.com, every other for api.webflow.com. */
const WEB_HOST = "webflow.localhost";

function isServedHere(world: World, host: string | undefined): boolean {
  const asked = host?.split(":")[0] === WEB_HOST ? "webflow" : "api";
  return world.switches.revokeHost === "both" || world.switches.revokeHost === asked;
}

/**
 * POST /oauth/revoke_authorization: kills a token. Source: Webflow's authorization page, step 4 (didRevoke,
 * error_response), and its newer page (did_revoke, error_description, invalid_client, invalid_token, invalid_request);
 * the switch `revokeStyle` chooses. The older page names no codes: the newer ones are used in both styles.
 */
export function revokeRoutes(world: World): Hono<Environment> {
  return new Hono<Environment>().post("/oauth/revoke_authorization", async (c) => {
    if (!isServedHere(world, c.req.header("host"))) return c.notFound();
    const parameters = readParameters(c.req.header("content-type"), await c.req.text());
    if (!parameters.ok) return refuse(c, world, "invalid_request", parameters.reason);
    const client = authenticateClient(world, c.req.header("authorization"), parameters);
    if (!client.ok) return refuse(c, world, client.error, client.description, client.status);
    const value = parameters.get("access_token");
    if (value === undefined) return refuse(c, world, "invalid_request", "access_token is missing");

    const token = world.ledger.liveToken(value);
    if (token) {
      revokeToken(world, token);
      return answer(c, world, true);
    }
    const { secondRevoke } = world.switches;
    if (secondRevoke !== "invalid_token") return answer(c, world, secondRevoke === "true");
    return refuse(c, world, "invalid_token", "Provided token is unknown or already revoked");
  });
}

function answer(c: Context<Environment>, world: World, revoked: boolean): Response {
  return c.json(world.switches.revokeStyle === "page" ? { didRevoke: revoked } : { did_revoke: revoked });
}

function refuse(
  c: Context<Environment>,
  world: World,
  error: string,
  words: string,
  status: 400 | 401 = 400,
): Response {
  if (status === 401) c.header("www-authenticate", 'Basic realm="Local Webflow"');
  const name = world.switches.revokeStyle === "page" ? "error_response" : "error_description";
  return c.json({ error, [name]: words }, status);
}
