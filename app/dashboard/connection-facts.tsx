import type { Connection } from "@/lib/grants/read";
import { exactTime } from "./relative-time";
import { SiteList } from "./site-list";
import { When } from "./when";

/** Which sites, since when, last checked. */
export function ConnectionFacts({ connection, now }: { connection: Connection; now: Date }) {
  const { sites, workspaceIds, connectedAt, checkedAt, checkUnclear } = connection;
  return (
    <dl className="facts">
      <div>
        <dt>{placeWords(workspaceIds.length)}</dt>
        <dd>
          <SiteList sites={sites} />
          {sites.length === 0 &&
            (workspaceIds.length > 0 ? "Webflow did not list them" : "Webflow did not say which")}
        </dd>
      </div>
      <div>
        <dt>Connected</dt>
        <dd>
          <When at={connectedAt} now={now} />
        </dd>
      </div>
      <div>
        <dt>Last checked</dt>
        <dd>
          {checkedAt ? <When at={checkedAt} now={now} /> : "Checking…"}
          {checkUnclear && "; Webflow gave no clear answer just now"}
        </dd>
      </div>
    </dl>
  );
}

/** Of workspaces Webflow tells the ids alone, which say nothing to a person. */
function placeWords(workspaces: number): string {
  if (workspaces === 0) return "Sites";
  return `Every site of ${workspaces === 1 ? "the workspace" : `${workspaces} workspaces`}, later ones too`;
}

/** Exact times and ids, for whoever wants them or has to write to support. */
export function ConnectionDetails({ connection }: { connection: Connection }) {
  const { id, webflowUser, workspaceIds, connectedAt, checkedAt, endedAt } = connection;
  const rows = [
    ["Connected", exactTime(connectedAt)],
    ["Checked", checkedAt && exactTime(checkedAt)],
    ["Ended", endedAt && exactTime(endedAt)],
    ["Webflow user", webflowUser.id],
    ["Workspace", workspaceIds.join(", ")],
    ["Connection", id],
  ] as const;
  return (
    <details className="details">
      <summary className="link">Details</summary>
      <dl>
        {rows.map(
          ([term, value]) => value && [<dt key={term}>{term}</dt>, <dd key={`${term} is`}>{value}</dd>],
        )}
      </dl>
    </details>
  );
}
