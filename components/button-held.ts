/**
 * Keeps a button that ends something (`button-held`) from taking a click, or a key, that was meant for what the person saw before: the
 * second half of a double click, or a key that is still held down, when another site has had the browser come here, go back to this
 * page, or close the window in front of it. For a second from now, and anew whenever the page comes back. Answers what ends it.
 *
 * What counts is when a click was made: another page in this process can keep it from being handled until the second is over.
 *
 * Needs nothing from outside itself: on a page that the server sends it is an inline script (ConfirmForm), and elsewhere React's effect (ConfirmButton).
 */
export function holdButton(): () => void {
  // As long as the animation in app/globals.css.
  const heldMs = 1_000;
  const held = ".button-held";
  let heldUntil = 0;
  let keysHeldUntil = 0;
  // At once, and not by a new rendering, which would come after the click.
  const hold = () => {
    heldUntil = performance.now() + heldMs;
    for (const button of document.querySelectorAll(held))
      button.animate({ pointerEvents: ["none", "none"] }, heldMs);
  };
  // A key clicks what has the focus: on a fresh page nothing, so that there a key may be quick.
  const holdKeysToo = () => {
    hold();
    keysHeldUntil = heldUntil;
  };
  // Not when it has only loaded: whatever loads slowly would hold an honest click off much later.
  const comeBack = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    holdKeysToo();
    // A key that is held would go on where it was left, after the second as well.
    const { activeElement: left } = document;
    if (left instanceof HTMLElement && left.matches(held)) left.blur();
  };
  const isForButton = ({ target }: Event) => target instanceof Element && target.closest(held) !== null;
  const refuse = (click: MouseEvent) => {
    const isOfKey = click.detail === 0;
    if (click.timeStamp < (isOfKey ? keysHeldUntil : heldUntil) && isForButton(click)) click.preventDefault();
  };
  // One that was pressed elsewhere, in a window that has closed since, repeats here for as long as it is held down: after the second as
  // well. Enter clicks at each of these; Space, once it is let go, and only if it was pressed here.
  const refuseHeld = (press: KeyboardEvent) => {
    const isHeld = press.repeat || press.timeStamp < keysHeldUntil;
    if (isHeld && (press.key === "Enter" || press.key === " ") && isForButton(press)) press.preventDefault();
  };
  hold();
  addEventListener("pageshow", comeBack);
  addEventListener("focus", holdKeysToo);
  addEventListener("click", refuse, true);
  addEventListener("keydown", refuseHeld, true);
  return () => {
    removeEventListener("pageshow", comeBack);
    removeEventListener("focus", holdKeysToo);
    removeEventListener("click", refuse, true);
    removeEventListener("keydown", refuseHeld, true);
  };
}
