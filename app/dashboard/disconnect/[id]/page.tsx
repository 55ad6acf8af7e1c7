import { redirect } from "next/navigation";
import { notFoundPath } from "@/app/not-found-path";
import { ConfirmForm } from "@/components/confirm-form";
import { connectionOwner } from "@/components/connection-owner";
import { disconnect } from "../../actions";
import { isLive } from "../../connection-status";
import { DisconnectWords } from "../../disconnect-words";
import { requireOwnLink } from "../../led-here";
import { loadDashboard } from "../../load-dashboard";
import { privatePage } from "../../private-page";
import { SignedInPage } from "../../signed-in-page";
import { Unavailable } from "../../unavailable";

export const metadata = privatePage("Disconnect");

/** The dialog's question as a page: for browsers without JavaScript, and for a click before it has loaded. */
export default async function DisconnectPage({ params }: PageProps<"/dashboard/disconnect/[id]">) {
  await requireOwnLink("/dashboard");
  const { id } = await params;
  const dashboard = await loadDashboard();
  if (!dashboard) return <Unavailable path={`/dashboard/disconnect/${id}`} />;
  const connection = dashboard.connections.find((one) => one.id === id);
  if (!connection) redirect(notFoundPath);
  if (!isLive(connection)) redirect("/dashboard");
  return (
    <SignedInPage current="/dashboard">
      <div className="sheet mx-auto max-w-prose">
        <div className="p-5 sm:p-8">
          <h1>Disconnect from Webflow?</h1>
          <DisconnectWords id="words" owner={connectionOwner(connection.webflowUser).title} />
        </div>
        <ConfirmForm
          action={disconnect}
          name="connection"
          value={id}
          keepPath="/dashboard"
          keep="Keep connected"
          pending="Disconnecting…"
        >
          Disconnect
        </ConfirmForm>
      </div>
    </SignedInPage>
  );
}
