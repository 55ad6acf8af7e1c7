import type { ReactNode } from "react";
import { Page } from "@/components/page";
import { dashboardPages, type MenuEntry } from "./pages";

/** A page of somebody who is signed in: with the menu, and the way out. */
export function SignedInPage({ current, children }: { current: MenuEntry["href"]; children: ReactNode }) {
  return (
    <Page
      menu={
        <>
          {dashboardPages.map(({ href, label }) => (
            <a key={href} href={href} className="tab" aria-current={href === current ? "page" : undefined}>
              {label}
            </a>
          ))}
          <form action="/sign-out" method="post">
            <button type="submit" className="tab">
              Sign out
            </button>
          </form>
        </>
      }
    >
      {children}
    </Page>
  );
}
