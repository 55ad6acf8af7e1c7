import type { ReactNode } from "react";
import { site } from "@/lib/site";

interface PageProps {
  children: ReactNode;
  /** The right end of the header; a link to the dashboard unless a page has something better to offer. */
  corner?: ReactNode;
}

/** Header and main part of a page. Plain links: pages are few and small, and a router's prefetching would cost more. */
export function Page({ children, corner }: PageProps) {
  return (
    <>
      <header className="border-b border-line bg-sheet">
        <nav aria-label="Main" className="column flex min-h-16 items-center justify-between gap-4 py-2">
          <a href="/" className="flex items-center gap-2.5 font-semibold tracking-tight">
            <svg aria-hidden="true" className="size-7 shrink-0 text-pine">
              <use href="/icons.svg#slip" />
            </svg>
            {site.name}
          </a>
          {corner ?? (
            <a href="/dashboard" className="link text-note">
              Dashboard
            </a>
          )}
        </nav>
      </header>
      <main id="main" tabIndex={-1} className="column grow py-10 sm:py-16">
        {children}
      </main>
    </>
  );
}
