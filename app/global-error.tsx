"use client";

import { Apology } from "@/components/apology";
import { site } from "@/lib/site";
import "./globals.css";

/** The layout itself failed: this stands in for the whole document. */
export default function GlobalError({ error, retry }: { error: { digest?: string }; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>{`This page did not work · ${site.name}`}</title>
        <main className="column grow py-16">
          <Apology digest={error.digest}>
            <button type="button" className="button-main" onClick={retry}>
              Try again
            </button>
          </Apology>
        </main>
      </body>
    </html>
  );
}
