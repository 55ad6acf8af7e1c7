import type { Connection } from "@/lib/grants/read";
import { exactTime } from "./relative-time";
import { SiteList } from "./site-list";
import { When } from "./when";

/** Which sites, since when, last checked. */
export function ConnectionFacts({ connection, now }: { connection: Connection; now: Date }) {
  const { sites, workspaceIds, connectedAt, checkedAt } = connection;
  return (
    <dl className="grid gap-x-8 gap-y-4 text-note sm:grid-cols-[2fr_1fr_1fr] [&_dt]:text-small [&_dt]:text-muted">
      <div>
        <dt>Sites</dt>
        <dd>
          {workspaceIds.map((id) => (
            <p key={id}>
              All of workspace <code>{id}</code>
            </p>
          ))}
          <SiteList sites={sites} />
          {sites.length + workspaceIds.length === 0 && "Webflow did not say which"}
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
        <dd>{checkedAt ? <When at={checkedAt} now={now} /> : "Checking…"}</dd>
      </div>
    </dl>
  );
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
    <details className="text-small text-muted">
      <summary className="link">Details</summary>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 [&_dd]:wrap-anywhere">
        {rows.map(
          ([term, value]) => value && [<dt key={term}>{term}</dt>, <dd key={`${term} is`}>{value}</dd>],
        )}
      </dl>
    </details>
  );
}
