"use client";

import { useEffect } from "react";
import { Apology } from "@/components/apology";

/** A page failed, the layout stands. Every page carries this script, so it brings no header along. */
export default function ErrorPage({ error, retry }: { error: { digest?: string }; retry: () => void }) {
  // A link can bring credentials along (`https://x:y@…`): with these in its address no script of a page may ask for anything.
  useEffect(() => {
    const { username, password } = new URL(document.URL);
    if (username || password) location.replace(location.origin + location.pathname + location.search);
  }, []);
  return (
    <main id="main" className="column grow py-16">
      <Apology digest={error.digest}>
        <button type="button" className="button-main" onClick={retry}>
          Try again
        </button>
      </Apology>
    </main>
  );
}
