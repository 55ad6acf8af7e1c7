import type { ReactNode } from "react";
import { site } from "@/lib/site";

interface PageProps {
  children: ReactNode;
  /** What stands beside the name in the header; a link to the dashboard unless a page has something better to offer. */
  menu?: ReactNode;
}

/** Header and main part of a page. Plain links: pages are few and small, and a router's prefetching would cost more. */
export function Page({ children, menu }: PageProps) {
  return (
    <>
      <header className="top">
        <nav aria-label="Main" className="column">
          <a href="/" className="brand icon-slip">
            {site.name}
          </a>
          {menu ?? (
            <a href="/dashboard" className="tab">
              Dashboard
            </a>
          )}
        </nav>
      </header>
      <main id="main" tabIndex={-1} className="column">
        {children}
      </main>
    </>
  );
}
