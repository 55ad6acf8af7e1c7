"use client";

import { Page } from "@/components/page";
import { Reference } from "@/components/reference";

/**
 * For an address that no page has. A client component for the reason that `Page` gives: Next sends it along with every page.
 *
 * @param id of the request
 */
export function NoSuchPage({ id }: { id: string | null }) {
  return (
    <Page>
      <div className="mx-auto max-w-prose">
        <h1>There is no such page</h1>
        <p className="mt-4 mb-8 text-muted">
          The address is mistyped, or what was here is gone. Your connections are untouched.
        </p>
        <a href="/" className="button-main">
          To the start
        </a>
        <Reference id={id} />
      </div>
    </Page>
  );
}
