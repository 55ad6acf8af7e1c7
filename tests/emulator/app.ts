import { Hono } from "hono";
import type { World } from "./domain/world";
import { loopbackOnly, ownPagesOnly, smallBodiesOnly } from "./guards";
import { apiRoutes } from "./routes/api";
import { apiError } from "./routes/api-errors";
import { authorizeRoutes } from "./routes/authorize";
import { controlRoutes } from "./routes/control";
import { controlPageRoutes } from "./routes/control-page";
import type { Environment } from "./routes/environment";
import { peopleRoutes } from "./routes/people";
import { revokeRoutes } from "./routes/revoke";
import { tokenRoutes } from "./routes/token";
import { recordAndSpoil } from "./traffic";
import { messagePage } from "./views/message";

/** What a link from elsewhere may open. */
const pages = ["/", "/marketplace", "/connected-apps", "/_control", "/oauth/authorize"];
/** Where state changes by a form, or raw tokens are told. The protocol's other endpoints take requests from anywhere. */
const guarded = [
  "/",
  "/marketplace",
  "/connected-apps/*",
  "/current-user",
  "/oauth/authorize",
  "/_control/*",
];

/** Both of Webflow's hosts, the people's pages and the control API on one origin. */
export function createApp(world: World): Hono<Environment> {
  const app = new Hono<Environment>();
  app.use(loopbackOnly);
  app.use(smallBodiesOnly);
  for (const path of guarded) app.use(path, ownPagesOnly(pages));
  app.use(recordAndSpoil(world));

  app.route("/", authorizeRoutes(world));
  app.route("/", tokenRoutes(world));
  app.route("/", revokeRoutes(world));
  app.route("/", apiRoutes(world));
  app.route("/", peopleRoutes(world));
  app.route("/", controlPageRoutes(world));
  app.route("/", controlRoutes(world));

  app.notFound((c) => {
    if (/^\/(v2|oauth|_control)\//.test(c.req.path)) {
      return c.json(apiError("resource_not_found", "Requested resource not found"), 404);
    }
    return messagePage(c, 404, "There is no such page", "The links above lead to every page there is.");
  });
  app.onError((error, c) => {
    // The name alone: a message could hold what the request carried.
    console.error(`Local Webflow failed at ${c.req.method} ${c.req.path}: ${error.name}`);
    return c.json(apiError("internal_error", "An Internal Error occurred"), 500);
  });
  return app;
}
