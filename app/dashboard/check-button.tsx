"use client";

import { SubmitButton } from "@/components/submit-button";
import { checkNow } from "./actions";
import { useFocusOnNews } from "./use-focus-on-news";

/** Asks Webflow about a connection. The button is gone when that has ended. */
export function CheckButton({ id, describedBy }: { id: string; describedBy: string }) {
  const focusOnNews = useFocusOnNews();
  return (
    <form action={checkNow} onSubmit={focusOnNews}>
      <input type="hidden" name="connection" value={id} />
      <SubmitButton pending="Checking…" describedBy={describedBy}>
        Check now
      </SubmitButton>
    </form>
  );
}
