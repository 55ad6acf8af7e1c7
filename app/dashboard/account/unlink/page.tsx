import { redirect } from "next/navigation";
import { ConfirmForm } from "@/components/confirm-form";
import { connectionOwner } from "@/components/connection-owner";
import { Person } from "@/components/person";
import { readAccount } from "@/lib/account/read";
import { requireOwnLink } from "../../led-here";
import { load } from "../../load";
import { privatePage } from "../../private-page";
import { SignedInPage } from "../../signed-in-page";
import { Unavailable } from "../../unavailable";
import { unlinkOthers } from "../actions";

export const metadata = privatePage("Unlink all other Webflow accounts");

/** Asks once more, and says who stays, what goes and what stays. */
export default async function UnlinkOthersPage() {
  await requireOwnLink("/dashboard/account");
  const account = await load(readAccount);
  if (!account) return <Unavailable path="/dashboard/account/unlink" />;
  const [first, ...others] = account.webflowUsers;
  if (!first || others.length === 0) redirect("/dashboard/account");
  return (
    <SignedInPage current="/dashboard/account">
      <div className="sheet mx-auto max-w-prose">
        <div className="p-5 sm:p-8">
          <h1>
            Unlink all but <bdi>{connectionOwner(first).title}</bdi>?
          </h1>
          <div id="words" className="mt-3 space-y-3 text-note text-muted">
            <p>
              Only <Person user={first} />, the Webflow account that your account was made with, can then
              still sign in here. The others are unlinked, also one that joins your account before you press
              the button.
            </p>
            <p>
              What you connected with the others is disconnected: this app stops using the access, and tells
              Webflow to end it. Your sites stay as they are.
            </p>
            <p>
              You are signed out in every other browser, because somebody could be signed in there with one of
              the others.
            </p>
          </div>
        </div>
        <ConfirmForm
          action={unlinkOthers}
          name="user"
          value={account.userId}
          keepPath="/dashboard/account"
          keep="Keep them"
          pending="Unlinking…"
        >
          Unlink all others
        </ConfirmForm>
      </div>
    </SignedInPage>
  );
}
