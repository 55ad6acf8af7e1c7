import type { ReactNode } from "react";
import { Icon } from "@/components/icon";
import { ScopeList } from "@/components/scope-list";
import type { Connection } from "@/lib/grants/read";
import { describeScope } from "@/lib/webflow/scopes";

/** What Webflow granted, and what it granted though nobody asked. */
export function GrantedScopes({ connection }: { connection: Connection }) {
  const { scopes, extraScopes } = connection;
  return (
    <section>
      <h3 className="pb-4 font-semibold">What this app may do</h3>
      <ScopeList name="Granted scopes" ids={scopes} />
      {extraScopes.length > 0 && (
        <p className="border-t border-line py-4 text-note text-muted">
          More than this app asks for, and not used: <ScopeIds ids={extraScopes} />. To remove it, disconnect
          and connect again.
        </p>
      )}
    </section>
  );
}

/** What the app asks for and was not given: what does not work without it, and the way to allow it (`children`). */
export function MissingScopes({ ids, children }: { ids: readonly string[]; children: ReactNode }) {
  return (
    <section className="rounded-control bg-ochre-wash p-4 text-note sm:p-5">
      <h3 className="flex items-center gap-2 font-semibold text-ochre">
        <Icon name="partial" />
        The app also asks for
      </h3>
      <p className="mt-2">Without these permissions, this does not work:</p>
      <ul aria-label="Missing scopes" className="mt-1 mb-4">
        {ids.map((id) => (
          <li key={id}>
            {describeScope(id).sentence} <code>{id}</code>
          </li>
        ))}
      </ul>
      {children}
    </section>
  );
}

function ScopeIds({ ids }: { ids: readonly string[] }) {
  return ids.map((id, index) => (
    <span key={id}>
      {index > 0 && ", "}
      <code>{id}</code>
    </span>
  ));
}
