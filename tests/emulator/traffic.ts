import { createMiddleware } from "hono/factory";
import { endpointOf } from "./domain/endpoints";
import type { World } from "./domain/world";
import { doesItsWork, misbehave } from "./faults/misbehave";
import type { Environment } from "./routes/environment";
import { grouped, parseBody } from "./routes/parameters";

/** Writes each request into the log, and spoils its answer when a fault is in force for its endpoint. */
export function recordAndSpoil(world: World) {
  return createMiddleware<Environment>(async (c, next) => {
    if (c.req.path === "/_control" || c.req.path.startsWith("/_control/")) return next();
    const rawBody = await c.req.text();
    const query = new URL(c.req.url).searchParams;
    const endpoint = endpointOf(c.req.path);
    const entry = world.requests.add({
      at: world.clock.iso(),
      method: c.req.method,
      path: c.req.path,
      endpoint,
      query: grouped(query),
      headers: c.req.header(),
      rawBody,
      body: parseBody(c.req.header("content-type"), rawBody),
      status: null,
      fault: null,
    });

    const fault = endpoint === null ? undefined : world.faults.take(endpoint);
    if (!fault) {
      await next();
      entry.status = c.res.status;
      return;
    }
    entry.fault = fault.kind;
    if (doesItsWork(fault)) await next();
    const { response, status } = await misbehave(fault, c.res, c.env.outgoing);
    entry.status = status;
    // Assigning over an answer would merge its headers into the new one.
    c.res = undefined;
    c.res = response;
  });
}
