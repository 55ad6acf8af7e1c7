import "server-only";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isDevelopment } from "@/lib/env";

const manifest = z.object({ node: z.record(z.string(), z.unknown()) });
const reference = z.object({ id: z.string() });

/** The ids of this build's server actions, where Next's list of them can be read; `next dev` makes them as it goes. */
function readIds(): Set<string> | null {
  if (isDevelopment()) return null;
  try {
    const file = join(process.cwd(), ".next/server/server-reference-manifest.json");
    const { node } = manifest.parse(JSON.parse(readFileSync(/* turbopackIgnore: true */ file, "utf8")));
    return new Set(Object.keys(node));
  } catch {
    return null;
  }
}

let ids: Set<string> | null | undefined;

/**
 * Whether the server action that a form without client JavaScript names is one of another build: the page was loaded before
 * a deployment. Next answers that with a line of plain text. False where it cannot be told.
 *
 * @throws Error when it names one in a way that no page does
 */
export function namesOtherBuild(form: FormData): boolean {
  if (ids === undefined) ids = readIds();
  const id = actionOf(form);
  return id !== null && ids !== null && !ids.has(id);
}

/** As React writes it: the id in the name of a field or, of an action with bound arguments, in JSON of its own. */
function actionOf(form: FormData): string | null {
  for (const name of form.keys()) {
    const [, kind, rest] = /^\$ACTION_(ID|REF)_(.*)$/s.exec(name) ?? [];
    if (kind === "ID") return rest ?? "";
    if (kind === "REF") return reference.parse(JSON.parse(`${form.get(`$ACTION_${rest}:0`)}`)).id;
  }
  return null;
}
