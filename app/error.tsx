"use client";

import { Apology } from "@/components/apology";

/** A page failed, the layout stands. Every page carries this script, so it brings no header along. */
export default function ErrorPage({ error, retry }: { error: { digest?: string }; retry: () => void }) {
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
