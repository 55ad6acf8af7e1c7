"use client";

import type { ReactNode } from "react";
import { ConnectForm } from "@/components/connect-form";
import { ScopeList } from "@/components/scope-list";
import type { ScopeRows } from "@/components/scope-rows";

const steps = [
  ["You choose at Webflow", "Webflow asks which sites or workspace this app may use. You can say no."],
  [
    "You see what you allowed",
    "Every permission in plain words: what it touches, and whether it reads or changes.",
  ],
  [
    "You take it back",
    "One button. We tell Webflow to end the access, and call it ended when Webflow confirms.",
  ],
] as const;

interface PitchProps {
  /** Permissions to show as an example. */
  example: ScopeRows;
  /** What stands in the place of "Connect Webflow". */
  children?: ReactNode;
}

/**
 * What the app does, and what happens next. A client component for the reason that `ConnectionCard` gives: nothing in it moves, and so
 * its words are sent once.
 */
export function Pitch({ example, children }: PitchProps) {
  return (
    <>
      <div className="grid items-center gap-12 lg:grid-cols-[1.1fr_1fr] lg:gap-16">
        <div>
          <h1 className="text-display font-bold">Know what an app may do with your Webflow sites.</h1>
          <p className="mt-6 mb-8 max-w-prose text-muted">
            Connect your account and read, in plain words, what this app was allowed to see and change. When
            you no longer want that, take it back here.
          </p>
          {children ?? <ConnectForm />}
        </div>
        <figure className="sheet">
          <figcaption className="px-5 pt-5 pb-4 text-small text-muted sm:px-6">
            Example: what you see once you are connected
          </figcaption>
          <div className="px-5 sm:px-6">
            <ScopeList name="Example of permissions" rows={example} groupTag="p" />
          </div>
          <p className="perforation px-5 py-4 text-small text-muted sm:px-6">
            Tear off whenever you like: Disconnect is one button.
          </p>
        </figure>
      </div>
      <section aria-labelledby="next" className="mt-16 sm:mt-24">
        <h2 id="next" className="text-heading">
          What happens next
        </h2>
        <ol className="mt-6 grid gap-8 md:grid-cols-3">
          {steps.map(([title, text], index) => (
            <li key={title} className="border-t-2 border-pine pt-4">
              <h3 className="font-semibold">
                {index + 1}. {title}
              </h3>
              <p className="mt-1 text-note text-muted">{text}</p>
            </li>
          ))}
        </ol>
      </section>
      <section aria-labelledby="promise" className="mt-16 max-w-prose sm:mt-24">
        <h2 id="promise" className="icon-lock icon-above text-heading">
          What we promise
        </h2>
        <p className="mt-2 text-note text-muted">
          We never see your Webflow password. The key that Webflow gives us is stored encrypted, is never
          shown or logged, and is erased once Webflow confirms that it no longer opens anything. No
          advertising, no tracking.
        </p>
      </section>
    </>
  );
}
