// npm run doctor: says what is wrong with this set-up and how to mend it; changes nothing. `-- --production` looks at the
// environment of `npm start` (the files .env.production.local, .env.local, …), `-- --json` is for programs. Exit code 1
// when something is wrong, 0 otherwise.
import "./lib/node-version.mjs";
import util from "node:util";
import { runCommand } from "./lib/command.mjs";
import { examine } from "./lib/doctor/examine.mjs";
import { projectRoot } from "./lib/paths.mjs";
import { bold, dim, green, Problem, red, say } from "./lib/terminal.mjs";

/** @typedef {import("./lib/doctor/findings.mjs").Finding} Finding */

await runCommand(async () => {
  const { production, json } = readOptions();
  const findings = await examine({ folder: projectRoot, given: process.env, production });
  if (json) say(JSON.stringify(findings, null, 2));
  else report(findings, production);
  return findings.some(({ status }) => status === "wrong") ? 1 : 0;
});

function readOptions() {
  try {
    const { values } = util.parseArgs({
      options: { production: { type: "boolean" }, json: { type: "boolean" } },
    });
    return { production: values.production ?? false, json: values.json ?? false };
  } catch {
    throw new Problem("Only --production and --json are understood: `npm run doctor -- --json`.");
  }
}

/** @param {Finding[]} findings @param {boolean} production */
function report(findings, production) {
  const marks = { ok: green("✓"), wrong: red("✗"), unknown: dim("?") };
  say(bold(production ? "This deployment's environment" : "The set-up of `npm run dev`"));
  for (const { title, status, detail, mend } of findings) {
    const said =
      status === "wrong"
        ? `wrong: ${detail}`
        : status === "ok"
          ? `ok: ${detail}`
          : `could not tell: ${detail}`;
    say(`${marks[status]} ${title.padEnd(16)} ${said}`);
    if (mend) say(`  ${" ".repeat(16)} ${bold("do this:")} ${mend}`);
  }
  const count = (/** @type {Finding["status"]} */ wanted) =>
    findings.filter(({ status }) => status === wanted).length;
  say(`\n${count("ok")} ok, ${count("wrong")} wrong, ${count("unknown")} could not tell`);
}
