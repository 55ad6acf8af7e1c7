import { connectionOwner } from "@/components/connection-owner";
import { Person } from "@/components/person";
import { SubmitButton } from "@/components/submit-button";
import { readAccount } from "@/lib/account/read";
import { load } from "../load";
import { privatePage } from "../private-page";
import { SignedInPage } from "../signed-in-page";
import { Unavailable } from "../unavailable";
import { When } from "../when";
import { signOutElsewhere, signOutThere } from "./actions";
import { describeDevice } from "./device";

export const metadata = privatePage("Your account");

/** Who this person is here, where they are signed in, and the ways to take their data along or away. */
export default async function AccountPage() {
  const account = await load(readAccount);
  if (!account) return <Unavailable path="/dashboard/account" />;
  const { userId, webflowUsers, sessions, sessionCount } = account;
  const [first, ...others] = webflowUsers;
  const joined = others.findLast(({ isNew }) => isNew);
  const now = new Date();
  return (
    <SignedInPage current="/dashboard/account">
      <h1>Your account</h1>
      {first && joined && (
        <p role="status" className="news">
          <Person user={joined} /> now signs in to the account of <Person user={first} />, and each sees and
          changes everything here. If these are two people, unlink <Person user={joined} /> below.
        </p>
      )}
      <section className="mt-8">
        <div className="title">
          <h2 className="text-heading">You sign in with</h2>
          {others.length > 1 && (
            <form action="/dashboard/account/unlink" method="get">
              <button type="submit" className="button-danger">
                Unlink all others
              </button>
            </form>
          )}
        </div>
        {others.length > 0 && (
          <p className="mt-1 text-note text-muted">
            Each of these Webflow accounts opens everything here. Unlink one that is not yours.
            {others.length > 1 &&
              " If several are not, unlink all others at once: whoever has one of them could link the rest again."}
          </p>
        )}
        <ul className="sheet rows">
          {webflowUsers.map((user) => {
            const { title, detail } = connectionOwner(user);
            return (
              <li key={user.id}>
                <p id={`account-${user.accountId}`}>
                  <bdi>{title}</bdi>
                  <small>
                    <bdi>{detail ?? "A Webflow account"}</bdi>
                  </small>
                  {others.length > 0 && user === first && (
                    <small>Your account was made with it: it goes when you delete the account.</small>
                  )}
                </p>
                {user !== first && (
                  <form action={`/dashboard/account/unlink/${user.accountId}`} method="get">
                    <button
                      type="submit"
                      className="button-danger"
                      aria-describedby={`account-${user.accountId}`}
                    >
                      Unlink
                    </button>
                  </form>
                )}
              </li>
            );
          })}
        </ul>
      </section>
      <section className="mt-10">
        <div className="title">
          <h2 className="text-heading">Where you are signed in</h2>
          {sessionCount > 1 && (
            <form action={signOutElsewhere}>
              <input type="hidden" name="user" value={userId} />
              <SubmitButton pending="Signing out…">Sign out everywhere else</SubmitButton>
            </form>
          )}
        </div>
        {/* Changes with the number of sessions, so that a screen reader hears that one was signed out. */}
        <p role="status" className="mt-1 text-note text-muted">
          {sessionCount > 1 ? `In ${sessionCount} browsers.` : "Only in this browser."}
        </p>
        <ul className="sheet rows">
          {sessions.map(({ id, current, userAgent, createdAt, lastSeenAt }) => (
            <li key={id}>
              <p id={`session-${id}`}>
                {describeDevice(userAgent)}
                <small>
                  {current ? (
                    "This browser"
                  ) : (
                    <>
                      Last seen <When at={lastSeenAt} now={now} />
                    </>
                  )}
                  , signed in <When at={createdAt} now={now} />
                </small>
              </p>
              {!current && (
                <form action={signOutThere}>
                  <input type="hidden" name="session" value={id} />
                  <SubmitButton pending="Signing out…" describedBy={`session-${id}`}>
                    Sign out there
                  </SubmitButton>
                </form>
              )}
            </li>
          ))}
        </ul>
        {sessionCount > sessions.length && (
          <p className="mt-4 text-note text-muted">
            And {sessionCount - sessions.length} more, last seen earlier. “Sign out everywhere else” ends
            these, too.
          </p>
        )}
      </section>
      <section className="mt-10">
        <h2 className="text-heading">Your data</h2>
        <div className="sheet rows">
          <div>
            <p>
              Take it along
              <small>
                Everything we know about you, as a JSON file. The keys to your sites are not in it.
              </small>
            </p>
            <a href="/dashboard/account/data" className="button">
              Download my data
            </a>
          </div>
          <div>
            <p>
              Take it away
              <small>
                Disconnects everything and deletes what we know about you. You are asked once more.
              </small>
            </p>
            <form action="/dashboard/account/delete" method="get">
              <button type="submit" className="button-danger">
                Delete account
              </button>
            </form>
          </div>
        </div>
      </section>
    </SignedInPage>
  );
}
