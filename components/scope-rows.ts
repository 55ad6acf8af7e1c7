import { groupScopes } from "@/lib/webflow/scopes";

/**
 * One scope in words, as a page carries it: `subject|id|access|title|sentence|care`, the subject only in a group's first. Text,
 * because React walks through every value that it is handed, at the server and again in the browser.
 */
export type ScopeRow = string;

/** The rows of a `ScopeList`, in the order in which people read them. */
export function toScopeRows(ids: readonly string[]): ScopeRow[] {
  return groupScopes(ids).flatMap(({ label, scopes }) =>
    scopes.map(({ id, access, title, sentence, care }, index) =>
      [index === 0 ? label : "", id, access, title, sentence, care].join("|"),
    ),
  );
}
