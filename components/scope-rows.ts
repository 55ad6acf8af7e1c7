import { rememberLast } from "@/lib/remember-last";
import { groupScopes } from "@/lib/webflow/scopes";

/**
 * Scopes in words, as a page carries them: a line each, `subject|id|access|title|sentence|care`, the subject only in a group's
 * first. One text, because React walks through every value that it is handed, at the server and again in the browser.
 */
export type ScopeRows = string;

/** The rows of a `ScopeList`, in the order in which people read them; empty without scopes. */
export function toScopeRows(ids: readonly string[]): ScopeRows {
  return rowsOf(ids.join(" "));
}

const rowsOf = rememberLast((ids) =>
  groupScopes(ids.split(" ").filter(Boolean))
    .flatMap(({ label, scopes }) =>
      scopes.map(({ id, access, title, sentence, care }, index) =>
        [index === 0 ? label : "", id, access, title, sentence, care].join("|"),
      ),
    )
    .join("\n"),
);
