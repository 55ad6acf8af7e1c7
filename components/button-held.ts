/** How long a button takes no click that ends something: as long as `button-held` in app/globals.css. */
export const heldMs = 1_000;
