import type { Metadata } from "next";
import { Page } from "@/components/page";
import { Reference } from "@/components/reference";

export const metadata: Metadata = { title: "Page not found" };

export default function NotFound() {
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
        <Reference />
      </div>
    </Page>
  );
}
