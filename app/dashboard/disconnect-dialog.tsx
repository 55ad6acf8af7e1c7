"use client";

import { type SyntheticEvent, useEffect, useRef } from "react";
import { useFormStatus } from "react-dom";
import { ConfirmButton } from "@/components/confirm-button";
import { DisconnectWords } from "./disconnect-words";

interface DisconnectDialogProps {
  owner: string;
  onClose: () => void;
}

/** Asks before disconnecting. Lives inside the form, to know whether the action runs: then it cannot be closed. */
export function DisconnectDialog({ owner, onClose }: DisconnectDialogProps) {
  const { pending } = useFormStatus();
  const dialog = useRef<HTMLDialogElement>(null);
  const keepOpen = (event: SyntheticEvent) => {
    if (pending) event.preventDefault();
  };

  // Opens with the focus on its first button, the safe choice.
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby="disconnect-title"
      aria-describedby="disconnect-words"
      className="sheet m-auto w-[calc(100%-2rem)] max-w-prose p-6 text-body text-ink backdrop:bg-black/50 sm:p-8"
      onCancel={keepOpen}
      onKeyDown={(event) => {
        // Chrome closes on a second Escape even when `cancel` was refused.
        if (event.key === "Escape") keepOpen(event);
      }}
      onClose={onClose}
    >
      <h2 id="disconnect-title" className="text-heading">
        Disconnect from Webflow?
      </h2>
      <DisconnectWords id="disconnect-words" owner={owner} />
      <div className="mt-6 flex flex-wrap justify-end gap-3">
        <button
          type="button"
          className="button"
          aria-disabled={pending || undefined}
          onClick={() => {
            if (!pending) dialog.current?.close();
          }}
        >
          Keep connected
        </button>
        <ConfirmButton pending="Disconnecting…">Disconnect</ConfirmButton>
      </div>
    </dialog>
  );
}
