import { isLive } from "../connection-status";
import { isLedTooOften } from "../led-here";
import { loadDashboard } from "../load-dashboard";
import { privatePage } from "../private-page";
import { SignedInPage } from "../signed-in-page";
import { Unavailable } from "../unavailable";
import { ConnectionSites, readConnectionSites } from "./connection-sites";

export const metadata = privatePage("Your sites");

/**
 * An example to start from: the sites of every connection, live from Webflow, and a scope that is asked for where it is
 * needed. To be rid of it delete this folder: nothing else knows it.
 */
export default async function SitesPage() {
  const dashboard = await loadDashboard();
  if (!dashboard) return <Unavailable path="/dashboard/sites" />;
  const live = dashboard.connections.filter(isLive);
  const isTooOften = live.length > 0 && (await isLedTooOften());
  // All of it before anything is shown: what is rendered by the time that a session turns out to be over would go out all the same.
  const read = isTooOften ? [] : await Promise.all(live.map(readConnectionSites));
  return (
    <SignedInPage current="/dashboard/sites">
      <h1>Your sites</h1>
      <p className="mt-3 max-w-prose text-note text-muted">
        What Webflow says at this moment, not what we remember.
      </p>
      {live.length === 0 && (
        <p className="mt-8 text-note">
          Nothing is connected.{" "}
          <a href="/dashboard" className="link">
            To your connections
          </a>
        </p>
      )}
      {isTooOften && (
        <p role="status" className="mt-8 text-note text-ochre">
          Another site has opened this page again and again, so we did not ask Webflow.{" "}
          <a href="/dashboard/sites" className="link">
            Show your sites
          </a>
        </p>
      )}
      {read.map((sites) => (
        <ConnectionSites key={sites.connection.id} {...sites} />
      ))}
    </SignedInPage>
  );
}
