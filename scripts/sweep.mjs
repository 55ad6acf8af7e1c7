// npm run sweep: has the running app (AUTH_URL, CRON_SECRET) finish what is pending, again and again until nothing is due, and
// says what it did. For a scheduler, or by hand. Exit code 1 when Webflow refuses the app's credentials, or nobody answers.
import "./lib/node-version.mjs";
import { setTimeout as pause } from "node:timers/promises";
import { runCommand } from "./lib/command.mjs";
import { askApp } from "./lib/cron.mjs";
import { projectRoot } from "./lib/paths.mjs";
import { Problem, say } from "./lib/terminal.mjs";

/** Below the app's own limit of two a second. */
const PAUSE = 550;

await runCommand(async ({ interrupted }) => {
  for (let more = true; more && !interrupted.aborted; more && (await pause(PAUSE))) {
    const done = await askApp({ root: projectRoot, method: "GET", path: "/api/cron/sweep" });
    if (typeof done.attempted !== "number" || typeof done.more !== "boolean")
      throw new Problem("The app answered something else than expected: is it the version of this checkout?");
    say(
      `${count(done.attempted, "revocation")} attempted, ${count(done.unclaimed, "unclaimed token")} given up, ` +
        `${count(done.checked, "connection")} checked, ${count(done.pruned, "row")} pruned`,
    );
    if (done.credentialsRefused)
      throw new Problem(
        "Webflow refuses the app's WEBFLOW_CLIENT_ID or WEBFLOW_CLIENT_SECRET: mend them there. Revocations wait until then; none is lost.",
      );
    more = done.more;
  }
  return 0;
});

/** @param {unknown} number @param {string} noun */
function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
