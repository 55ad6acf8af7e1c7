"use client";

import { Apology } from "@/components/apology";

/** A page failed, the layout stands. Every page carries this script, so it brings no header along. */
export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <main id="main" className="column grow py-16">
      <Apology>
        <button type="button" className="button-main" onClick={retry}>
          Try again
        </button>
      </Apology>
    </main>
  );
}
