import { connectionOwner } from "@/components/connection-owner";
import type { Connection } from "@/lib/grants/read";
import { siteNames } from "./card";
import { isLive } from "./connection-status";
import { isolate } from "./isolate";

/** How long after Webflow's confirmation "Disconnected" is news; after that the card alone says it. */
const disconnectIsNewsMs = 60 * 60 * 1000;
/** How long after a check "just now" is an answer to whoever asked for it. */
const checkIsNewsMs = 10_000;

/** What the status region says: the outcome of what a person just did, or nothing. */
export function newsOf(connections: readonly Connection[], now: Date): string {
  return [newsOfDisconnect(connections, now), newsOfUnclearCheck(connections), newsOfCheck(connections, now)]
    .filter(Boolean)
    .join(" ");
}

/** The outcome of the latest disconnect; nothing when there was none or something was connected since. */
function newsOfDisconnect(connections: readonly Connection[], now: Date): string {
  const asked = (connection: Connection) => connection.disconnectRequestedAt?.getTime() ?? 0;
  const latest = connections.reduce<Connection | null>(
    (best, one) => (asked(one) > (best ? asked(best) : 0) ? one : best),
    null,
  );
  if (!latest || connections.some((one) => isLive(one) && one.connectedAt.getTime() > asked(latest)))
    return "";
  if (latest.state === "disconnecting")
    return "Disconnecting. Webflow has not confirmed yet; we keep trying, and this app no longer uses the access.";
  const endedMs = latest.endedAt?.getTime() ?? asked(latest);
  if (latest.state === "disconnected" && now.getTime() - endedMs < disconnectIsNewsMs)
    return "Disconnected. Webflow confirmed that the access has ended.";
  return "";
}

/** The outcome of a check that had none: an older one of the same connection is then no answer. */
function newsOfUnclearCheck(connections: readonly Connection[]): string {
  const unclear = connections.find(({ checkUnclear }) => checkUnclear);
  return unclear
    ? `Webflow gave no clear answer about ${nameOf(unclear, connections)}. What you see is from the last check; try again in a minute.`
    : "";
}

/** The outcome of a check that was made this very moment. */
function newsOfCheck(connections: readonly Connection[], now: Date): string {
  const fresh = connections.filter(
    ({ checkedAt, checkUnclear, connectedAt }) =>
      checkedAt &&
      !checkUnclear &&
      checkedAt > connectedAt &&
      now.getTime() - checkedAt.getTime() < checkIsNewsMs,
  );
  const withdrawn = fresh.find(({ state }) => state === "withdrawn");
  if (withdrawn)
    return `Checked just now: Webflow says that the access of ${nameOf(withdrawn, connections)} has ended.`;
  const checked = fresh.find(isLive);
  return checked ? `Checked just now: Webflow confirms the access of ${nameOf(checked, connections)}.` : "";
}

/**
 * Whose connection it is; where another card bears the same name also which: by its sites, or else by the id among its details.
 * It need not be the one that a person asked about: others are checked as well, and theirs perhaps by somebody else this very moment.
 */
function nameOf(connection: Connection, connections: readonly Connection[]): string {
  const title = titleOf(connection);
  const namesakes = connections.filter((one) => one.id !== connection.id && titleOf(one) === title);
  if (namesakes.length === 0) return title;
  const sites = siteNames(connection);
  const told = sites !== "" && namesakes.every((one) => siteNames(one) !== sites);
  return `${title} (${told ? sites : `connection ${connection.id}`})`;
}

function titleOf({ webflowUser }: Connection): string {
  return isolate(connectionOwner(webflowUser).title);
}
