import type { HttpBindings } from "@hono/node-server";

/** What Hono carries from middleware to handler. */
export type Environment = { Bindings: HttpBindings };
