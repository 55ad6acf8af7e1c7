"use client";

import { useState } from "react";
import { disconnect } from "./actions";
import type { DisconnectDialog } from "./disconnect-dialog";
import { useFocusOnNews } from "./use-focus-on-news";

interface DisconnectButtonProps {
  id: string;
  owner: string;
  describedBy: string;
}

/** How long a click may wait for the dialog. */
const patienceMs = 2_000;

/**
 * A plain form that leads to the confirm page; once this script runs, the same click fetches the dialog and opens it instead.
 * Where it does not come, the confirm page does. So a click on a slow line is never lost, and nobody loads a dialog that they
 * do not open.
 */
export function DisconnectButton({ id, owner, describedBy }: DisconnectButtonProps) {
  const [asked, setAsked] = useState<{ Dialog: typeof DisconnectDialog; at: number } | null>(null);
  const focusOnNews = useFocusOnNews();

  return (
    <>
      <form
        action={`/dashboard/disconnect/${id}`}
        method="get"
        className="sm:ml-auto"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const at = event.timeStamp;
          const toConfirmPage = () => form.submit();
          const patience = setTimeout(toConfirmPage, patienceMs);
          import("./disconnect-dialog")
            .then((module) => setAsked({ Dialog: module.DisconnectDialog, at }), toConfirmPage)
            .finally(() => clearTimeout(patience));
        }}
      >
        <button type="submit" className="button-danger" aria-haspopup="dialog" aria-describedby={describedBy}>
          Disconnect
        </button>
      </form>
      {asked && (
        // A dialog a click: the browser tells of a closed one a moment later, which must not take the next one along.
        <form key={asked.at} action={disconnect} className="absolute" onSubmit={focusOnNews}>
          <input type="hidden" name="connection" value={id} />
          <asked.Dialog owner={owner} onClose={() => setAsked((now) => (now === asked ? null : now))} />
        </form>
      )}
    </>
  );
}
