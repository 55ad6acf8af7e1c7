import { useEffect, useRef } from "react";

/**
 * Hands the focus to the words about the outcome (`#news`) when a pressed button goes away with what it did: it would fall to the
 * top of the page.
 *
 * @returns what to call when the button is pressed
 */
export function useFocusOnNews(): () => void {
  const pressed = useRef(false);
  useEffect(
    () => () => {
      if (pressed.current && document.activeElement === document.body)
        document.getElementById("news")?.focus();
    },
    [],
  );
  return () => {
    pressed.current = true;
  };
}
