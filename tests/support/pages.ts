import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../scripts/lib/paths.mjs";

/** The path of every page of the app, as its folders say it (`/dashboard/disconnect/[id]`): what is added later is tested too. */
export const pages = pathsOf("page.tsx");
/** The same of every route handler. */
export const routes = pathsOf("route.ts");

function pathsOf(file: "page.tsx" | "route.ts"): string[] {
  return readdirSync(join(projectRoot, "app"), { recursive: true, withFileTypes: true })
    .filter(({ name }) => name === file)
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) =>
      `/${dirname(path.slice(join(projectRoot, "app/").length))}`
        .replaceAll("\\", "/")
        .replace(/^\/\.$/, "/"),
    )
    .sort();
}
