"use client";

import { useEffect } from "react";
import { holdButton } from "./button-held";
import { SubmitButton } from "./submit-button";

interface ConfirmButtonProps {
  children: string;
  pending: string;
  describedBy?: string;
}

/** The button that deletes, unlinks or disconnects. In its first second it takes no click, nor when the page has just come back. */
export function ConfirmButton({ children, pending, describedBy }: ConfirmButtonProps) {
  useEffect(() => {
    // React may take a page over long after it was shown: another second would refuse an honest click.
    if (!document.querySelector("script[data-holds]")) return holdButton();
  }, []);
  return (
    <SubmitButton className="button-danger button-held" pending={pending} describedBy={describedBy}>
      {children}
    </SubmitButton>
  );
}
