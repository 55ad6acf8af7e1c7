import type { ReactNode } from "react";
import { type MenuEntry, Page } from "@/components/page";
import { dashboardPages } from "./pages";

/** A page of somebody who is signed in: with the menu, and the way out. */
export function SignedInPage({ current, children }: { current: MenuEntry["href"]; children: ReactNode }) {
  return (
    <Page menu={dashboardPages} current={current}>
      {children}
    </Page>
  );
}
