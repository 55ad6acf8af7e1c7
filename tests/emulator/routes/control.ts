import { type Context, Hono } from "hono";
import { z } from "zod";
import { checkAuthorizeRequest } from "../domain/authorize-request";
import { approve, ConsentError, deny, suggestConsent } from "../domain/consent";
import { removeSite, uninstall } from "../domain/grants";
import { viewLedger } from "../domain/ledger-view";
import { findUser, sitesOf, users, workspacesOf } from "../domain/people";
import { switchesChangeSchema } from "../domain/switches";
import type { World } from "../domain/world";
import { faultSpecSchema } from "../faults/spec";
import type { Environment } from "./environment";

const clockSchema = z.strictObject({ advanceMs: z.int() });
const userSchema = z.strictObject({ userId: z.string() });
const userSiteSchema = z.strictObject({ userId: z.string(), siteId: z.string() });
const decisionSchema = z.discriminatedUnion("decision", [
  z.strictObject({ decision: z.literal("deny"), url: z.url() }),
  z.strictObject({
    decision: z.literal("approve"),
    url: z.url(),
    userId: z.string().optional(),
    scopes: z.array(z.string()).optional(),
    siteIds: z.array(z.string()).optional(),
    workspaceId: z.string().optional(),
  }),
]);

/** What a test decides in a person's place; whatever is left out is what the consent page has ticked. */
export type ConsentChoice = Omit<
  Extract<z.input<typeof decisionSchema>, { decision: "approve" }>,
  "decision" | "url"
>;

/** A request that the control API does not understand; the message says why. */
class ControlError extends Error {
  override readonly name = "ControlError";
  constructor(
    message: string,
    readonly status: 400 | 404 = 400,
  ) {
    super(message);
  }
}

async function readJson<T>(c: Context<Environment>, schema: z.ZodType<T>): Promise<T> {
  const json: unknown = await c.req.json().catch(() => {
    throw new ControlError("The body is not JSON.");
  });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new ControlError(z.prettifyError(parsed.error));
  return parsed.data;
}

function requireUser(userId: string | undefined) {
  const user = userId === undefined ? users[0] : findUser(userId);
  if (!user) throw new ControlError("There is no such user.", 404);
  return user;
}

function decide(world: World, decision: z.output<typeof decisionSchema>): string {
  const url = new URL(decision.url);
  if (url.pathname !== "/oauth/authorize") throw new ControlError("The URL is no authorize link.");
  const result = checkAuthorizeRequest(world, url.searchParams);
  if (result.outcome === "page") throw new ControlError(`${result.title}: ${result.detail}`);
  if (result.outcome === "redirect") return result.location;
  if (decision.decision === "deny") return deny(result.request);
  const user = requireUser(decision.userId);
  const suggested = suggestConsent(result.request, user);
  const chosen = decision.siteIds !== undefined || decision.workspaceId !== undefined;
  return approve(world, result.request, user, {
    scopes: decision.scopes ?? suggested.scopes,
    siteIds: chosen ? (decision.siteIds ?? []) : suggested.siteIds,
    workspaceId: chosen ? decision.workspaceId : suggested.workspaceId,
  });
}

/** The control API under /_control: JSON in, JSON out. The README lists it. */
export function controlRoutes(world: World): Hono<Environment> {
  const control = new Hono<Environment>().basePath("/_control");

  control.onError((error, c) => {
    if (error instanceof ControlError) return c.json({ error: error.message }, error.status);
    if (error instanceof ConsentError) return c.json({ error: error.message }, 400);
    throw error;
  });

  control.post("/reset", (c) => {
    world.reset();
    return c.json({ ok: true });
  });

  control.get("/switches", (c) => c.json(world.switches));
  control.patch("/switches", async (c) => {
    world.switches = { ...world.switches, ...(await readJson(c, switchesChangeSchema)) };
    return c.json(world.switches);
  });

  control.get("/faults", (c) => c.json(world.faults.list()));
  control.post("/faults", async (c) => c.json(world.faults.add(await readJson(c, faultSpecSchema)), 201));
  control.delete("/faults", (c) => {
    world.faults.clear();
    return c.json({ ok: true });
  });
  control.delete("/faults/:id", (c) => {
    if (!world.faults.remove(Number(c.req.param("id"))))
      throw new ControlError("There is no such fault.", 404);
    return c.json({ ok: true });
  });

  control.get("/clock", (c) => c.json({ now: world.clock.iso(), offsetMs: world.clock.offset }));
  control.post("/clock", async (c) => {
    world.clock.advance((await readJson(c, clockSchema)).advanceMs);
    return c.json({ now: world.clock.iso(), offsetMs: world.clock.offset });
  });

  control.get("/ledger", (c) => c.json(viewLedger(world)));
  control.get("/requests", (c) => c.json(world.requests.list()));
  control.delete("/requests", (c) => {
    world.requests.clear();
    return c.json({ ok: true });
  });
  control.get("/users", (c) =>
    c.json(users.map((user) => ({ ...user, workspaces: workspacesOf(user), sites: sitesOf(user) }))),
  );

  control.post("/act/authorize", async (c) =>
    c.json({ location: decide(world, await readJson(c, decisionSchema)) }),
  );
  control.post("/act/uninstall", async (c) => {
    uninstall(world, requireUser((await readJson(c, userSchema)).userId).id);
    return c.json({ ok: true });
  });
  control.post("/act/remove-site", async (c) => {
    const { userId, siteId } = await readJson(c, userSiteSchema);
    const user = requireUser(userId);
    if (!sitesOf(user).some((site) => site.id === siteId))
      throw new ControlError("There is no such site.", 404);
    removeSite(world, user.id, siteId);
    return c.json({ ok: true });
  });

  return control;
}
