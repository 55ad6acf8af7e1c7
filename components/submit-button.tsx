"use client";

import { useFormStatus } from "react-dom";

interface SubmitButtonProps {
  children: string;
  pending: string;
  className?: string;
  describedBy?: string;
}

/**
 * The button of a form with a server action. While the action runs it says so and ignores further clicks, but stays
 * focusable: `disabled` would throw keyboard users back to the top of the page.
 */
export function SubmitButton({ children, pending, className = "button", describedBy }: SubmitButtonProps) {
  const busy = useFormStatus().pending;
  return (
    <button
      type="submit"
      className={className}
      aria-disabled={busy || undefined}
      aria-describedby={describedBy}
      onClick={(event) => {
        if (busy) event.preventDefault();
      }}
    >
      {busy ? pending : children}
    </button>
  );
}
