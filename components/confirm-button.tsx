"use client";

import { useEffect, useRef } from "react";
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
  const button = useRef<HTMLButtonElement>(null);

  // Its second begins anew when the page comes back as it was left ("Back"), or from behind another window. At once, and not by a
  // new rendering, which would come after the click.
  useEffect(() => {
    const hold = () => button.current?.animate({ pointerEvents: ["none", "none"] }, 1_000);
    addEventListener("pageshow", hold);
    addEventListener("focus", hold);
    return () => {
      removeEventListener("pageshow", hold);
      removeEventListener("focus", hold);
    };
  }, []);

  return (
    <SubmitButton
      ref={button}
      className="button-danger button-held"
      pending={pending}
      describedBy={describedBy}
    >
      {children}
    </SubmitButton>
  );
}
