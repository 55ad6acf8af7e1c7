import type { Metadata } from "next";
import { after } from "next/server";
import { signOut } from "@/app/actions";
import { ConnectForm } from "@/components/connect-form";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { checkStale } from "@/lib/grants/check";
import { ConnectionCard } from "./connection-card";
import { disconnectNews, liveFirst } from "./connection-status";
import { loadDashboard } from "./load-dashboard";
import { RefreshWhileDisconnecting } from "./refresh-while-disconnecting";
import { Unavailable } from "./unavailable";

export const metadata: Metadata = { title: "Your connections", robots: { index: false } };

/** Everything this person connected. One SQL statement, no call to Webflow. */
export default async function DashboardPage() {
  const dashboard = await loadDashboard();
  if (!dashboard) return <Unavailable />;
  const { userId } = dashboard;
  const connections = liveFirst(dashboard.connections);
  after(() => checkStale(userId));
  const now = new Date();
  return (
    <Page corner={<SignOut />}>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="text-title">Your connections</h1>
        {connections.length > 0 && <ConnectForm label="Connect another workspace" main={false} />}
      </div>
      {/* Always there, so that a screen reader hears it change; `news` is where the focus lands after a disconnect. */}
      <div
        id="news"
        role="status"
        tabIndex={-1}
        className="text-note not-empty:mt-6 not-empty:rounded-control not-empty:border not-empty:border-pine not-empty:bg-pine-wash not-empty:px-5 not-empty:py-3"
      >
        {disconnectNews(connections)}
      </div>
      <div className="mt-8 grid gap-8 lg:grid-cols-2">
        {connections.map((connection) => (
          <ConnectionCard key={connection.id} connection={connection} now={now} />
        ))}
        {connections.length === 0 && <NothingYet />}
      </div>
      {connections.some(({ state }) => state === "disconnecting") && <RefreshWhileDisconnecting />}
    </Page>
  );
}

function SignOut() {
  return (
    <form action={signOut}>
      <SubmitButton pending="Signing out…">Sign out</SubmitButton>
    </form>
  );
}

function NothingYet() {
  return (
    <div className="sheet p-6 sm:p-10 lg:col-span-full">
      <h2 className="text-heading">Nothing is connected</h2>
      <p className="mt-3 mb-6 max-w-prose text-note text-muted">
        Connect Webflow and choose the sites or the workspace this app may use. What you allow is listed here.
      </p>
      <ConnectForm />
    </div>
  );
}
