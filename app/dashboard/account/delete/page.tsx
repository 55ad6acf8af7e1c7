import { ConfirmForm } from "@/components/confirm-form";
import { isLive } from "../../connection-status";
import { requireOwnLink } from "../../led-here";
import { loadDashboard } from "../../load-dashboard";
import { privatePage } from "../../private-page";
import { SignedInPage } from "../../signed-in-page";
import { Unavailable } from "../../unavailable";
import { deleteAccount } from "../actions";

export const metadata = privatePage("Delete account");

/** Asks once more, and says what goes and what stays. */
export default async function DeleteAccountPage() {
  await requireOwnLink("/dashboard/account");
  const dashboard = await loadDashboard();
  if (!dashboard) return <Unavailable path="/dashboard/account/delete" />;
  const live = dashboard.connections.filter(isLive).length;
  return (
    <SignedInPage current="/dashboard/account">
      <div className="sheet mx-auto max-w-prose">
        <div className="p-5 sm:p-8">
          <h1>Delete your account?</h1>
          <div id="words" className="mt-3 space-y-3 text-note text-muted">
            <p>
              Everything in your account is deleted at once: name, e-mail address, sites, activity, and where
              you are signed in. It cannot be brought back.
            </p>
            <p>
              {live > 0
                ? `This app stops using ${live === 1 ? "your connection" : `your ${live} connections`} and tells Webflow to end the access. Until Webflow confirms, we keep nothing but what it takes to ask, which we do for 30 days.`
                : "Nothing is connected. Should Webflow not have confirmed the end of an earlier access yet, we ask for 30 days more, and keep nothing but what it takes to ask."}{" "}
              To be sure, remove the app in Webflow as well. Your sites stay as they are.
            </p>
          </div>
        </div>
        <ConfirmForm
          action={deleteAccount}
          name="user"
          value={dashboard.userId}
          keepPath="/dashboard/account"
          keep="Keep my account"
          pending="Deleting…"
        >
          Delete account
        </ConfirmForm>
      </div>
    </SignedInPage>
  );
}
