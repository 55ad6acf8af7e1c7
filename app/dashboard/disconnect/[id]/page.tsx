import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { disconnect } from "../../actions";
import { connectionOwner } from "../../connection-owner";
import { isLive } from "../../connection-status";
import { DisconnectWords } from "../../disconnect-words";
import { loadDashboard } from "../../load-dashboard";
import { Unavailable } from "../../unavailable";

export const metadata: Metadata = { title: "Disconnect", robots: { index: false } };

/** The dialog's question as a page: for browsers without JavaScript, and for a click before it has loaded. */
export default async function DisconnectPage({ params }: PageProps<"/dashboard/disconnect/[id]">) {
  const { id } = await params;
  const dashboard = await loadDashboard();
  if (!dashboard) return <Unavailable />;
  const connection = dashboard.connections.find((one) => one.id === id);
  if (!connection) notFound();
  if (!isLive(connection)) redirect("/dashboard");
  return (
    <Page>
      <div className="sheet mx-auto max-w-prose">
        <div className="p-6 sm:p-10">
          <h1 className="text-title">Disconnect from Webflow?</h1>
          <DisconnectWords id="words" owner={connectionOwner(connection.webflowUser).title} />
        </div>
        <form action={disconnect} className="perforation flex flex-wrap items-center gap-3 p-6 sm:px-10">
          <input type="hidden" name="connection" value={id} />
          <a href="/dashboard" className="button">
            Keep connected
          </a>
          <SubmitButton className="button-danger" pending="Disconnecting…" describedBy="words">
            Disconnect
          </SubmitButton>
        </form>
      </div>
    </Page>
  );
}
