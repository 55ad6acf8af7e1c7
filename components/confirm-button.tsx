"use client";

import { useEffect, useState } from "react";
import { SubmitButton } from "./submit-button";

interface ConfirmButtonProps {
  children: string;
  pending: string;
  describedBy?: string;
}

/**
 * The button that deletes, unlinks or disconnects. In its first second it takes no click (`button-held`), because that is the second half of
 * a double click, and what the person saw was the page before: perhaps another site's, which had the browser go back to this one.
 */
export function ConfirmButton({ children, pending, describedBy }: ConfirmButtonProps) {
  const [shown, setShown] = useState(0);

  // Kept and shown again as it was left, at "Back": its second begins anew.
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) setShown((times) => times + 1);
    };
    addEventListener("pageshow", onShow);
    return () => removeEventListener("pageshow", onShow);
  }, []);

  return (
    <SubmitButton
      key={shown}
      className="button-danger button-held"
      pending={pending}
      describedBy={describedBy}
    >
      {children}
    </SubmitButton>
  );
}
