import { groupScopes, type ScopeAccess, type ScopeCare } from "@/lib/webflow/scopes";

/** One scope in words, as a page carries it: without names, because it travels once a scope. `subject` only in a group's first. */
export type ScopeRow = readonly [
  subject: string,
  id: string,
  access: ScopeAccess,
  title: string,
  sentence: string,
  care: ScopeCare,
];

/** The rows of a `ScopeList`, in the order in which people read them. */
export function toScopeRows(ids: readonly string[]): ScopeRow[] {
  return groupScopes(ids).flatMap(({ label, scopes }) =>
    scopes.map(
      ({ id, access, title, sentence, care }, index) =>
        [index === 0 ? label : "", id, access, title, sentence, care] as const,
    ),
  );
}
