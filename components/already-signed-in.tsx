import { Fragment } from "react";
import type { Visitor } from "@/lib/account/visitor";
import { Person } from "./person";

/**
 * In the place of "Connect Webflow" for a browser in which somebody is signed in: whoever connected there would join that
 * person's account, and may be somebody else. Who wants that does it on the dashboard.
 */
export function AlreadySignedIn({ visitor }: { visitor: Visitor }) {
  return (
    <>
      <p>
        You are signed in
        {visitor.map((user, index) => (
          <Fragment key={user.id}>
            {index === 0 ? " as " : ", "}
            <Person user={user} />
          </Fragment>
        ))}
        .
      </p>
      <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-4">
        <a href="/dashboard" className="button-main">
          Open your dashboard
        </a>
        <form action="/sign-out" method="post" className="flex items-center gap-3 text-note text-muted">
          <span id="not-you">Not you?</span>
          <button type="submit" className="button" aria-describedby="not-you">
            Sign out
          </button>
        </form>
      </div>
    </>
  );
}
