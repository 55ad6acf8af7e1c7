import type { ReactNode } from "react";
import { Icon } from "@/components/icon";

/** What a person reads when a page of ours failed; `children` is the way to try again. No details: those are for our log. */
export function Apology({ children }: { children: ReactNode }) {
  return (
    <div role="alert" className="mx-auto max-w-prose">
      <span className="text-ochre">
        <Icon name="alert" size="size-6" />
      </span>
      <h1 className="mt-3 text-title">This page did not work</h1>
      <p className="mt-4 mb-8 text-muted">
        The mistake is ours, and your connections are as they were. Wait a moment, then try again.
      </p>
      {children}
    </div>
  );
}
