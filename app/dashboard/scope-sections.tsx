import type { ReactNode } from "react";
import { ScopeList } from "@/components/scope-list";
import type { Connection } from "@/lib/grants/read";
import { describeScope } from "@/lib/webflow/scopes";
import { inSentence, nameScope } from "./scope-words";

/** What Webflow granted, and what it granted though nobody asked. */
export function GrantedScopes({ connection }: { connection: Connection }) {
  const { scopes, extraScopes } = connection;
  return (
    <section>
      <h3>What this app may do</h3>
      <ScopeList name="Granted scopes" ids={scopes} />
      {scopes.length === 0 && <p>Nothing: Webflow named no permission.</p>}
      {extraScopes.length > 0 && (
        <p className="more">
          More than this app asks for, and not used: {extraScopes.map(nameScope).join(", ")}. To remove it,
          disconnect and connect again.
        </p>
      )}
    </section>
  );
}

/** What the app asks for and was not given: what it cannot do without it, and the way to allow it (`children`). */
export function MissingScopes({ ids, children }: { ids: readonly string[]; children: ReactNode }) {
  return (
    <section className="notice">
      <h3 className="icon-partial">Not allowed yet</h3>
      <p>Without these permissions this app cannot:</p>
      <ul aria-label="Missing scopes">
        {ids.map((id) => (
          <li key={id}>
            {inSentence(describeScope(id).sentence)} <code>{id}</code>
          </li>
        ))}
      </ul>
      {children}
    </section>
  );
}
