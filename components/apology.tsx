import type { ReactNode } from "react";
import { Reference } from "./reference";

/** What a person reads when a page of ours failed; `children` is the way to try again. No details: those are for our log, where `digest` finds them. */
export function Apology({ children, digest }: { children: ReactNode; digest?: string }) {
  return (
    <div role="alert" className="mx-auto max-w-prose">
      <h1 className="icon-alert icon-above">This page did not work</h1>
      <p className="mt-4 mb-8 text-muted">
        It is not your doing, and nothing is lost. Wait a moment, then try again: the page then shows how
        things stand.
      </p>
      {children}
      <Reference id={digest} />
    </div>
  );
}
