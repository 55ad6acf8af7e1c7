"use client";

import { useEffect, useRef, useState } from "react";
import { disconnect } from "./actions";
import { DisconnectDialog } from "./disconnect-dialog";

interface DisconnectButtonProps {
  id: string;
  owner: string;
  describedBy: string;
}

/**
 * A plain form that leads to the confirm page; once this script runs, the same click opens a dialog instead. So a click
 * on a slow line is never lost.
 */
export function DisconnectButton({ id, owner, describedBy }: DisconnectButtonProps) {
  const [asking, setAsking] = useState(false);
  const sent = useRef(false);

  // When the connection is gone, so is this button, and the focus with it: hand it to the words about the outcome.
  useEffect(
    () => () => {
      if (sent.current) document.getElementById("news")?.focus();
    },
    [],
  );

  return (
    <>
      <form
        action={`/dashboard/disconnect/${id}`}
        method="get"
        className="sm:ml-auto"
        onSubmit={(event) => {
          event.preventDefault();
          setAsking(true);
        }}
      >
        <button type="submit" className="button-danger" aria-haspopup="dialog" aria-describedby={describedBy}>
          Disconnect
        </button>
      </form>
      {asking && (
        <form
          action={disconnect}
          className="absolute"
          onSubmit={() => {
            sent.current = true;
          }}
        >
          <input type="hidden" name="connection" value={id} />
          <DisconnectDialog owner={owner} onClose={() => setAsking(false)} />
        </form>
      )}
    </>
  );
}
