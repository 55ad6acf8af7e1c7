import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { Authorization, TokenRecord } from "../domain/ledger";
import { collections, findUser, type Site, sites } from "../domain/people";
import type { World } from "../domain/world";
import { apiError } from "./api-errors";
import type { Environment } from "./environment";

type ApiEnvironment = Environment & { Variables: { token: TokenRecord } };

function bearerToken(header: string | undefined): string {
  return /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1] ?? "";
}

/** Counts the request against its token, then lets live tokens through. Every answer tells the rate limit. */
function requireToken(world: World) {
  return createMiddleware<ApiEnvironment>(async (c, next) => {
    const value = bearerToken(c.req.header("authorization"));
    const { limit, remaining, exceeded } = world.rateLimiter.count(value, world.switches.rateLimit);
    c.header("x-ratelimit-limit", String(limit));
    c.header("x-ratelimit-remaining", String(remaining));
    if (exceeded)
      return c.json(apiError("too_many_requests", "Too many requests"), 429, { "retry-after": "60" });
    const token = world.ledger.liveToken(value);
    if (!token) return c.json(apiError("not_authorized", "Request not authorized"), 401);
    c.set("token", token);
    token.lastUsedAt = world.clock.iso();
    return next();
  });
}

function requireScope(scope: string) {
  return createMiddleware<ApiEnvironment>(async (c, next) => {
    if (c.var.token.authorization.scopes.includes(scope)) return next();
    const message = `OAuthForbidden: You are missing the following scopes - ${scope}`;
    return c.json(apiError("missing_scopes", message), 403);
  });
}

function grantedSites({ siteIds, workspaceIds }: Authorization): Site[] {
  return sites.filter((site) => siteIds.includes(site.id) || workspaceIds.includes(site.workspaceId));
}

function siteAnswer(site: Site) {
  const previewUrl = `https://${site.shortName}.webflow.example/preview.png`;
  return {
    ...site,
    previewUrl,
    parentFolderId: null,
    dataCollectionEnabled: false,
    dataCollectionType: "disabled",
  };
}

function introspection(world: World, { authorization, lastUsedAt }: TokenRecord) {
  const { client, switches } = world;
  const granted = grantedSites(authorization);
  const implied = switches.introspectImplied;
  return {
    authorization: {
      id: authorization.id,
      createdOn: authorization.createdOn,
      lastUsed: lastUsedAt,
      grantType: "authorization_code",
      rateLimit: switches.rateLimit,
      scope: authorization.scopes.join(switches.introspectScope === "comma" ? "," : " "),
      authorizedTo: {
        siteIds: implied ? granted.map((site) => site.id) : authorization.siteIds,
        workspaceIds: implied
          ? [...new Set([...authorization.workspaceIds, ...granted.map((site) => site.workspaceId)])]
          : authorization.workspaceIds,
        ...(switches.introspectUserIds ? { userIds: [authorization.userId] } : {}),
      },
    },
    application: {
      id: client.applicationId,
      description: client.description,
      homepage: client.homepage,
      displayName: client.name,
    },
  };
}

/** One of the token's sites; Webflow says 400 to an id that is none, and 404 to a site that was not granted. */
function findGrantedSite(c: Context<ApiEnvironment>, id: string): Site | Response {
  if (!/^[0-9a-f]{24}$/.test(id)) {
    return c.json(apiError("validation_error", "Validation Error: Provided ID is invalid"), 400);
  }
  const site = grantedSites(c.var.token.authorization).find((candidate) => candidate.id === id);
  const missing = "Requested resource not found: The site cannot be found";
  return site ?? c.json(apiError("resource_not_found", missing), 404);
}

/** The Data API, version 2, as far as an app's start needs it. Source: Webflow's OpenAPI description. */
export function apiRoutes(world: World): Hono<ApiEnvironment> {
  const api = new Hono<ApiEnvironment>().basePath("/v2");
  api.use(requireToken(world));

  api.get("/token/introspect", (c) => c.json(introspection(world, c.var.token)));

  api.get("/token/authorized_by", requireScope("authorized_user:read"), (c) => {
    const user = findUser(c.var.token.authorization.userId);
    if (!user) return c.json(apiError("user_not_found", "Requested user not found"), 404);
    const { workspaceIds: _workspaceIds, ...profile } = user;
    return c.json(profile);
  });

  api.get("/sites", requireScope("sites:read"), (c) =>
    c.json({ sites: grantedSites(c.var.token.authorization).map(siteAnswer) }),
  );

  api.get("/sites/:siteId", requireScope("sites:read"), (c) => {
    const site = findGrantedSite(c, c.req.param("siteId"));
    return site instanceof Response ? site : c.json(siteAnswer(site));
  });

  api.get("/sites/:siteId/collections", requireScope("cms:read"), (c) => {
    const site = findGrantedSite(c, c.req.param("siteId"));
    if (site instanceof Response) return site;
    const own = collections.filter((collection) => collection.siteId === site.id);
    return c.json({ collections: own.map(({ siteId: _siteId, ...collection }) => collection) });
  });

  return api;
}
