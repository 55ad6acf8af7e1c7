/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { defaultSwitches, switchesChangeSchema } from "../domain/switches";
import type { World } from "../domain/world";
import { presets } from "../faults/presets";
import { faultSpecSchema } from "../faults/spec";
import { ControlPage, liveScript } from "../views/control";
import { renderPage } from "../views/layout";
import type { Environment } from "./environment";

/** A form sends text: numbers and booleans are told by the switch's default. */
function switchesFrom(form: URLSearchParams): Record<string, unknown> {
  const typed = (name: string, text: string) => {
    const kind = typeof Object.entries(defaultSwitches).find(([known]) => known === name)?.[1];
    if (kind === "number") return Number(text);
    return kind === "boolean" ? text === "true" : text;
  };
  return Object.fromEntries([...form].map(([name, text]) => [name, typed(name, text)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The control page for people, and the forms on it. What they do, the control API does too. */
export function controlPageRoutes(world: World): Hono<Environment> {
  const routes = new Hono<Environment>();
  const show = (c: Context<Environment>, error?: string) =>
    renderPage(c, error === undefined ? 200 : 400, {
      title: "Control",
      path: "/_control",
      wide: true,
      script: liveScript,
      children: <ControlPage world={world} error={error} />,
    });
  const done = (c: Context<Environment>) => c.redirect("/_control", 303);
  const formOf = async (c: Context<Environment>) => new URLSearchParams(await c.req.text());

  routes.get("/_control", (c) => show(c));

  routes.post("/_control/page/preset", async (c) => {
    const id = (await formOf(c)).get("preset");
    const preset = presets.find((candidate) => candidate.id === id);
    if (id !== "normal" && !preset) return show(c, "There is no such preset.");
    world.faults.clear();
    for (const fault of preset?.faults ?? []) world.faults.add(faultSpecSchema.parse(fault));
    return done(c);
  });

  routes.post("/_control/page/fault", async (c) => {
    const parsed = faultSpecSchema.safeParse(parseJson((await formOf(c)).get("fault") ?? ""));
    if (!parsed.success) return show(c, `This is no fault. ${z.prettifyError(parsed.error)}`);
    world.faults.add(parsed.data);
    return done(c);
  });

  routes.post("/_control/page/clear-fault", async (c) => {
    world.faults.remove(Number((await formOf(c)).get("id")));
    return done(c);
  });

  routes.post("/_control/page/switches", async (c) => {
    const parsed = switchesChangeSchema.safeParse(switchesFrom(await formOf(c)));
    if (!parsed.success) return show(c, `Nothing was changed. ${z.prettifyError(parsed.error)}`);
    world.switches = { ...world.switches, ...parsed.data };
    return done(c);
  });

  routes.post("/_control/page/clock", async (c) => {
    const advanceMs = Number((await formOf(c)).get("advanceMs"));
    if (!Number.isSafeInteger(advanceMs)) return show(c, "The clock moves by whole milliseconds.");
    world.clock.advance(advanceMs);
    return done(c);
  });

  routes.post("/_control/page/reset", (c) => {
    world.reset();
    return done(c);
  });

  return routes;
}
