import { Icon } from "@/components/icon";
import { groupScopes, type ScopeCare } from "@/lib/webflow/scopes";

const careWords = { low: "Low risk", medium: "Medium risk", high: "High risk" } as const satisfies Record<
  ScopeCare,
  string
>;

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
 */
export function ScopeList({ name, ids, groupTag: GroupName = "h4" }: ScopeListProps) {
  return (
    <ul aria-label={name} className="@container text-note">
      {groupScopes(ids).flatMap(({ label, scopes }) =>
        scopes.map((scope, index) => (
          <li key={scope.id} className={index === 0 ? "scope-row border-t border-line pt-4" : "scope-row"}>
            {index === 0 && <GroupName className="font-semibold">{label}</GroupName>}
            <span
              className={`chip ${scope.access === "read" ? "border-edge text-muted" : "border-ochre bg-ochre-wash text-ochre"}`}
            >
              <Icon name={scope.access} />
              {scope.access === "read" ? "Read" : "Change"}
            </span>
            <p>
              <b className="font-semibold">{scope.title}</b> {scope.sentence}
              <span className="block text-small text-muted">
                <code>{scope.id}</code> · {careWords[scope.care]}
              </span>
            </p>
          </li>
        )),
      )}
    </ul>
  );
}
