"use client";

import { useEffect, useRef } from "react";
import { heldMs } from "./button-held";
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

  // Its second begins when React has taken it over (before that see ConfirmForm), and anew when the page comes back as it was left
  // ("Back"), or from behind another window. At once, and not by a new rendering, which would come after the click.
  useEffect(() => {
    const held = button.current;
    let heldUntil = 0;
    let keysHeldUntil = 0;
    const hold = () => {
      heldUntil = performance.now() + heldMs;
      held?.animate({ pointerEvents: ["none", "none"] }, heldMs);
    };
    // A key clicks what has the focus: on a fresh page nothing, so that there a key may be quick.
    const holdKeysToo = () => {
      hold();
      keysHeldUntil = heldUntil;
    };
    const comeBack = ({ persisted }: PageTransitionEvent) => {
      holdKeysToo();
      // A key that is held would go on where it was left, after the second as well.
      if (persisted && document.activeElement === held) held?.blur();
    };
    // By when it was made: another page in this process can keep it from being handled until the second is over.
    const refuse = (click: MouseEvent) => {
      const isOfKey = click.detail === 0;
      if (click.timeStamp < (isOfKey ? keysHeldUntil : heldUntil)) click.preventDefault();
    };
    // One that was pressed elsewhere, in a window that has closed since, repeats here for as long as it is held down: after the second as
    // well. Enter clicks at each of these; Space, once it is let go, and only if it was pressed here.
    const refuseHeld = (press: KeyboardEvent) => {
      const isHeld = press.repeat || press.timeStamp < keysHeldUntil;
      if (isHeld && (press.key === "Enter" || press.key === " ")) press.preventDefault();
    };
    hold();
    addEventListener("pageshow", comeBack);
    addEventListener("focus", holdKeysToo);
    held?.addEventListener("click", refuse);
    held?.addEventListener("keydown", refuseHeld);
    return () => {
      removeEventListener("pageshow", comeBack);
      removeEventListener("focus", holdKeysToo);
      held?.removeEventListener("click", refuse);
      held?.removeEventListener("keydown", refuseHeld);
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
