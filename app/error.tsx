"use client";

import { Apology } from "@/components/apology";
import { Page } from "@/components/page";

/** A page failed, the layout stands. */
export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <Page>
      <Apology retry={retry} />
    </Page>
  );
}
