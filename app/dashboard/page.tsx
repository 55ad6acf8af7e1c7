import { ConnectForm } from "@/components/connect-form";
import { toCard } from "./card";
import { ConnectionCard } from "./connection-card";
import { isPending, liveFirst } from "./connection-status";
import { loadDashboard } from "./load-dashboard";
import { newsOf } from "./news";
import { privatePage } from "./private-page";
import { RefreshWhilePending } from "./refresh-while-pending";
import { SignedInPage } from "./signed-in-page";
import { Unavailable } from "./unavailable";

export const metadata = privatePage("Your connections");

/** Everything this person connected. One SQL statement, no call to Webflow. */
export default async function DashboardPage() {
  const dashboard = await loadDashboard();
  if (!dashboard)
    return (
      <>
        <Unavailable path="/dashboard" />
        <RefreshWhilePending />
      </>
    );
  const connections = liveFirst(dashboard.connections);
  const now = new Date();
  return (
    <SignedInPage current="/dashboard">
      <div className="title">
        <h1>Your connections</h1>
        {connections.length > 0 && <ConnectForm label="Connect another workspace" main={false} />}
      </div>
      {/* Always there, so that a screen reader hears it change; `news` is where the focus lands after a disconnect. */}
      <div id="news" role="status" tabIndex={-1} className="news">
        {newsOf(connections, now)}
      </div>
      <div className="connections">
        {connections.map((connection) => (
          <ConnectionCard key={connection.id} card={toCard(connection, now)} />
        ))}
        {connections.length === 0 && <NothingYet />}
      </div>
      {connections.some(isPending) && <RefreshWhilePending />}
    </SignedInPage>
  );
}

function NothingYet() {
  return (
    <div className="sheet p-5 sm:p-8 lg:col-span-full">
      <h2 className="text-heading">Nothing is connected</h2>
      <p className="mt-3 mb-6 max-w-prose text-note text-muted">
        Connect Webflow and choose the sites or the workspace this app may use. What you allow is listed here.
      </p>
      <ConnectForm />
    </div>
  );
}
