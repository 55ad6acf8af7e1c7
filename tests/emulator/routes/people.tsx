/** @jsxImportSource hono/jsx */
import { Hono } from "hono";
import { removeSite, uninstall } from "../domain/grants";
import { findUser } from "../domain/people";
import type { World } from "../domain/world";
import { renderPage } from "../views/layout";
import { messagePage } from "../views/message";
import { ConnectedAppsPage, HomePage, MarketplacePage } from "../views/people-pages";
import { currentUser, rememberUser } from "./current-user";
import type { Environment } from "./environment";

/** The install URL: unless one is registered, the authorize link itself, without a state. */
function installUrl(world: World): string {
  if (world.client.installUrl !== null) return world.client.installUrl;
  const query = new URLSearchParams({
    response_type: "code",
    client_id: world.client.id,
    scope: world.client.installScopes.join(" "),
  });
  return `/oauth/authorize?${query}`;
}

/** The path to go back to, if it is one of this origin. */
function ownPath(returnTo: string | null, url: string): string {
  const { origin } = new URL(url);
  if (returnTo === null || !URL.canParse(returnTo, origin)) return "/";
  const target = new URL(returnTo, origin);
  return target.origin === origin ? target.pathname + target.search : "/";
}

/** The pages that a Webflow user knows: marketplace and connected apps, and a home page that leads to all. */
export function peopleRoutes(world: World): Hono<Environment> {
  const routes = new Hono<Environment>();

  routes.get("/", (c) =>
    renderPage(c, 200, { title: "Home", path: "/", children: <HomePage client={world.client} /> }),
  );

  routes.get("/marketplace", (c) =>
    renderPage(c, 200, {
      title: "Marketplace",
      path: "/marketplace",
      children: <MarketplacePage client={world.client} installUrl={installUrl(world)} />,
    }),
  );

  routes.get("/connected-apps", (c) => {
    const user = currentUser(c);
    const authorizations = new Set(world.ledger.liveTokensOf(user.id).map((token) => token.authorization));
    return renderPage(c, 200, {
      title: "Connected apps",
      path: "/connected-apps",
      children: <ConnectedAppsPage client={world.client} user={user} authorizations={[...authorizations]} />,
    });
  });

  routes.post("/connected-apps/uninstall", (c) => {
    uninstall(world, currentUser(c).id);
    return c.redirect("/connected-apps", 303);
  });

  routes.post("/connected-apps/remove-site", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    removeSite(world, currentUser(c).id, form.get("siteId") ?? "");
    return c.redirect("/connected-apps", 303);
  });

  routes.post("/current-user", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const user = findUser(form.get("userId") ?? undefined);
    if (!user) return messagePage(c, 400, "There is no such user", "Go back and choose one of the buttons.");
    rememberUser(c, user);
    return c.redirect(ownPath(form.get("returnTo"), c.req.url), 303);
  });

  return routes;
}
