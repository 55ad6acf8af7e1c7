"use client";

import type { ReactNode } from "react";
import { site } from "@/lib/site";

/** One entry of the menu of somebody who is signed in. */
export interface MenuEntry {
  href: `/dashboard${string}`;
  label: string;
}

interface PageProps {
  children: ReactNode;
  /** For somebody who is signed in, with the way out at its end; everybody else gets a link to the dashboard. */
  menu?: readonly MenuEntry[];
  /** Which of them this page is. */
  current?: MenuEntry["href"];
}

/**
 * Header and main part of a page. Plain links: pages are few and small, and a router's prefetching would cost more.
 *
 * A client component, as the footer is: the browser keeps what is the same on every page, which would otherwise be rendered and sent
 * once more with each, for React.
 */
export function Page({ children, menu, current }: PageProps) {
  return (
    <>
      <a
        href="#main"
        className="button-main sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10 focus:px-4 focus:py-2"
      >
        Skip to content
      </a>
      <header className="top">
        <nav aria-label="Main" className="column">
          <a href="/" className="brand icon-slip">
            {site.name}
          </a>
          {menu?.map(({ href, label }) => (
            <a key={href} href={href} className="tab" aria-current={href === current ? "page" : undefined}>
              {label}
            </a>
          ))}
          {menu ? (
            <form action="/sign-out" method="post">
              <button type="submit" className="tab">
                Sign out
              </button>
            </form>
          ) : (
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

/**
 * The same on every page: who is behind the app, and the two documents that Webflow's Marketplace asks for.
 *
 * In one file with `Page` because the layout names it: what the layout's script has, Next sends with no page once more.
 */
export function SiteFooter() {
  return (
    <footer className="border-t border-line text-small text-muted">
      <nav aria-label="About" className="column flex flex-wrap items-center gap-x-6 gap-y-2 py-6">
        <p className="grow">{site.name} is an independent app, not a part of Webflow.</p>
        <a href={site.links.privacy} className="link">
          Privacy
        </a>
        <a href={site.links.terms} className="link">
          Terms
        </a>
        <a href={`mailto:${site.supportEmail}`} className="link">
          Help
        </a>
      </nav>
    </footer>
  );
}
