"use client";

import { groupScopes, type ScopeCare } from "@/lib/webflow/scopes";

const careWords = { low: "Low risk", medium: "Medium risk", high: "High risk" } as const satisfies Record<
  ScopeCare,
  string
>;
const accessWords = { read: "Read", write: "Change" } as const;

interface ScopeListProps {
  /** The accessible name of the list. */
  name: string;
  ids: readonly string[];
  /** What holds a group's name: a heading under "What this app may do", or just text in an example. */
  groupTag?: "h4" | "p";
}

/**
 * Scopes in plain words, one list item each. A group's name sits in its first item, so that a screen reader hears one
 * list with as many items as there are scopes. Reading and changing differ in word, drawing, shape and colour.
 * A client component for the reason that `ConnectionCard` gives.
 */
export function ScopeList({ name, ids, groupTag: GroupName = "h4" }: ScopeListProps) {
  return (
    <ul aria-label={name} className="scopes">
      {groupScopes(ids).flatMap(({ label, scopes }) =>
        scopes.map(({ id, access, title, sentence, care }, index) => (
          <li key={id}>
            {index === 0 && <GroupName className="subject">{label}</GroupName>}
            <span className={`chip ${access} icon-${access}`}>{accessWords[access]}</span>
            <p>
              <b>{title}</b> {sentence}
              <small className={care}>
                <code>{id}</code> · {careWords[care]}
              </small>
            </p>
          </li>
        )),
      )}
    </ul>
  );
}
