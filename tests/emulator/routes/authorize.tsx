/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { type AuthorizeRequest, checkAuthorizeRequest } from "../domain/authorize-request";
import { approve, type Consent, ConsentError, deny, suggestConsent } from "../domain/consent";
import { findUser, type WebflowUser } from "../domain/people";
import type { World } from "../domain/world";
import { ConsentPage } from "../views/consent";
import { renderPage } from "../views/layout";
import { messagePage } from "../views/message";
import { currentUser } from "./current-user";
import type { Environment } from "./environment";

interface Question {
  request: AuthorizeRequest;
  user: WebflowUser;
  consent: Consent;
  error?: string;
}

function ask(c: Context<Environment>, world: World, { request, user, consent, error }: Question) {
  const { pathname, search } = new URL(c.req.url);
  return renderPage(c, error === undefined ? 200 : 400, {
    title: "Authorize",
    path: pathname,
    children: (
      <ConsentPage
        appName={world.client.name}
        url={pathname + search}
        request={request}
        user={user}
        consent={consent}
        singleSite={world.switches.singleSite}
        error={error}
      />
    ),
  });
}

function readConsent(form: URLSearchParams): Consent {
  const byWorkspace = form.get("coverage") === "workspace";
  return {
    scopes: form.getAll("scope"),
    siteIds: byWorkspace ? [] : form.getAll("siteId"),
    workspaceId: byWorkspace ? (form.get("workspaceId") ?? undefined) : undefined,
  };
}

/**
 * GET /oauth/authorize asks a person, POST takes the answer and sends the browser back to the app. The query is
 * checked both times, so nothing is kept in between. Source: Webflow's authorization page, step 2.
 */
export function authorizeRoutes(world: World): Hono<Environment> {
  const routes = new Hono<Environment>();

  routes.get("/oauth/authorize", (c) => {
    const result = checkAuthorizeRequest(world, new URL(c.req.url).searchParams);
    if (result.outcome === "page") return messagePage(c, 400, result.title, result.detail);
    if (result.outcome === "redirect") return c.redirect(result.location);
    const user = currentUser(c);
    const { singleSite } = world.switches;
    const request = singleSite ? { ...result.request, workspace: undefined } : result.request;
    return ask(c, world, { request, user, consent: suggestConsent(request, user) });
  });

  routes.post("/oauth/authorize", async (c) => {
    const result = checkAuthorizeRequest(world, new URL(c.req.url).searchParams);
    if (result.outcome === "page") return messagePage(c, 400, result.title, result.detail);
    if (result.outcome === "redirect") return c.redirect(result.location);
    const { request } = result;
    const form = new URLSearchParams(await c.req.text());
    if (form.get("decision") !== "approve") return c.redirect(deny(request));
    const user = findUser(form.get("userId") ?? undefined) ?? currentUser(c);
    const consent = readConsent(form);
    try {
      return c.redirect(approve(world, request, user, consent));
    } catch (error) {
      if (!(error instanceof ConsentError)) throw error;
      return ask(c, world, { request, user, consent, error: error.message });
    }
  });

  return routes;
}
