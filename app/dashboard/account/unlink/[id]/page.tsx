import { redirect } from "next/navigation";
import { notFoundPath } from "@/app/not-found-path";
import { ConfirmForm } from "@/components/confirm-form";
import { connectionOwner } from "@/components/connection-owner";
import { readAccount } from "@/lib/account/read";
import { requireOwnLink } from "../../../led-here";
import { load } from "../../../load";
import { privatePage } from "../../../private-page";
import { SignedInPage } from "../../../signed-in-page";
import { Unavailable } from "../../../unavailable";
import { unlink } from "../../actions";

export const metadata = privatePage("Unlink a Webflow account");

/** Asks once more, and says what goes and what stays. */
export default async function UnlinkPage({ params }: PageProps<"/dashboard/account/unlink/[id]">) {
  await requireOwnLink("/dashboard/account");
  const { id } = await params;
  const account = await load(readAccount);
  if (!account) return <Unavailable path={`/dashboard/account/unlink/${id}`} />;
  const [first, ...others] = account.webflowUsers;
  if (id === first?.accountId) redirect("/dashboard/account");
  const user = others.find(({ accountId }) => accountId === id);
  if (!user) redirect(notFoundPath);
  return (
    <SignedInPage current="/dashboard/account">
      <div className="sheet mx-auto max-w-prose">
        <div className="p-5 sm:p-8">
          <h1>
            Unlink <bdi>{connectionOwner(user).title}</bdi>?
          </h1>
          <div id="words" className="mt-3 space-y-3 text-note text-muted">
            <p>
              This Webflow account can then no longer sign in here. What you connected with it is
              disconnected: this app stops using the access, and tells Webflow to end it. Your sites stay as
              they are.
            </p>
            <p>
              You are signed out in every other browser, because somebody could be signed in there with this
              Webflow account.
            </p>
          </div>
        </div>
        <ConfirmForm
          action={unlink}
          name="account"
          value={id}
          keepPath="/dashboard/account"
          keep="Keep it"
          pending="Unlinking…"
        >
          Unlink
        </ConfirmForm>
      </div>
    </SignedInPage>
  );
}
