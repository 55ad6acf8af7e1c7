"use client";

import type { ScopeCare } from "@/lib/webflow/scopes";
import type { ScopeRow } from "./scope-rows";

const careWords = { low: "Low risk", medium: "Medium risk", high: "High risk" } as const satisfies Record<
  ScopeCare,
  string
>;
const accessWords = { read: "Read", write: "Change" } as const;

interface ScopeListProps {
  /** The accessible name of the list. */
  name: string;
  /** From `toScopeRows`. */
  rows: readonly ScopeRow[];
  /** What holds a group's name: a heading under "What this app may do", or just text in an example. */
  groupTag?: "h4" | "p";
}

/**
 * Scopes in plain words, one list item each. A group's name sits in its first item, so that a screen reader hears one
 * list with as many items as there are scopes. Reading and changing differ in word, drawing, shape and colour.
 * A client component for the reason that `ConnectionCard` gives; the catalogue of words stays on the server.
 */
export function ScopeList({ name, rows, groupTag: GroupName = "h4" }: ScopeListProps) {
  return (
    <ul aria-label={name} className="scopes">
      {rows.map(([subject, id, access, title, sentence, care]) => (
        <li key={id}>
          {subject && <GroupName className="subject">{subject}</GroupName>}
          <span className={`chip ${access} icon-${access}`}>{accessWords[access]}</span>
          <p>
            <b>{title}</b> {sentence}
            <small className={care}>
              <code>{id}</code> · {careWords[care]}
            </small>
          </p>
        </li>
      ))}
    </ul>
  );
}
