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
}

/**
 * Scopes in plain words, one list item each. A group's heading sits in its first item, so that a screen reader hears
 * one list with as many items as there are scopes. Reading and changing differ in word, drawing, shape and colour.
 */
export function ScopeList({ name, ids }: ScopeListProps) {
  return (
    <ul aria-label={name} className="text-note">
      {groupScopes(ids).flatMap(({ label, scopes }) =>
        scopes.map((scope, index) => (
          <li
            key={scope.id}
            className={`grid grid-cols-[5.75rem_1fr] gap-x-4 pb-4 lg:grid-cols-[10rem_5.75rem_1fr] ${index === 0 ? "border-t border-line pt-4" : ""}`}
          >
            {index === 0 && (
              <h4 className="col-span-full pb-2 font-semibold lg:col-span-1 lg:pb-0">{label}</h4>
            )}
            <span
              className={`chip self-start lg:col-start-2 ${scope.access === "read" ? "border-edge text-muted" : "border-ochre bg-ochre-wash text-ochre"}`}
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
