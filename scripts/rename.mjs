// npm run rename -- "Night Shelf": gives the app its name, in lib/site.ts, package.json, package-lock.json and README.md.
import "./lib/node-version.mjs";
import { runCommand } from "./lib/command.mjs";
import { projectRoot } from "./lib/paths.mjs";
import { renameApp } from "./lib/rename.mjs";
import { green, Problem, say } from "./lib/terminal.mjs";

await runCommand(async () => {
  const [name, ...more] = process.argv.slice(2);
  if (name === undefined || more.length > 0)
    throw new Problem('Give one name, in quotes: `npm run rename -- "Night Shelf"`.');
  const changed = renameApp(projectRoot, name.trim());
  say(
    changed.length > 0 ? `${green("✓")} ${name.trim()}: ${changed.join(", ")}` : "It has that name already.",
  );
  say(
    "  Its words, links and support address: lib/site.ts. Its colours: app/theme.css. More: docs/make-it-yours.md.",
  );
  return 0;
});
