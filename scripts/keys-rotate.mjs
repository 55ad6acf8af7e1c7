// npm run keys:rotate: has the running app (AUTH_URL, CRON_SECRET) seal every stored token anew with the first of TOKEN_KEYS,
// batch by batch, and says how many remain. Can be interrupted and repeated. Exit code 1 while another key is still needed.
import "./lib/node-version.mjs";
import { setTimeout as pause } from "node:timers/promises";
import { runCommand } from "./lib/command.mjs";
import { askApp } from "./lib/cron.mjs";
import { projectRoot } from "./lib/paths.mjs";
import { Problem, say } from "./lib/terminal.mjs";

/** Below the app's own limit of two a second. */
const PAUSE = 550;

await runCommand(async ({ interrupted }) => {
  let total = 0;
  for (let after = ""; ; await pause(PAUSE)) {
    const { keyId, resealed, unreadable, remaining, next } = await askApp({
      root: projectRoot,
      method: "POST",
      path: `/api/cron/keys${after ? `?after=${after}` : ""}`,
    });
    if (typeof keyId !== "string" || typeof resealed !== "number" || typeof remaining !== "number")
      throw new Problem("The app answered something else than expected: is it the version of this checkout?");
    total += resealed;
    say(
      `${total} sealed anew, ${remaining} remain${unreadable ? `, ${unreadable} of this batch do not open` : ""}`,
    );
    if (typeof next === "string" && !interrupted.aborted) {
      after = next;
      continue;
    }
    if (remaining > 0)
      throw new Problem(
        `${remaining} tokens still need another key: keep it in TOKEN_KEYS. Run this again once every instance has the new first key; a token that does not open needs its old key back (\`npm run doctor\`).`,
      );
    say(`Every token is sealed with ${keyId}: the other keys can be taken out of TOKEN_KEYS.`);
    return 0;
  }
});
