import { connectionOwner } from "@/components/connection-owner";
import { type ScopeRows, toScopeRows } from "@/components/scope-rows";
import type { Connection } from "@/lib/grants/read";
import { site } from "@/lib/site";
import { describeScope } from "@/lib/webflow/scopes";
import { connectionStatus, isLive, type StatusWords, statusWords } from "./connection-status";
import { isolate } from "./isolate";
import { exactTime, relativeTime } from "./relative-time";
import { inSentence, nameScope } from "./scope-words";
import { designerLink, previewLink } from "./site-links";

/** A moment, said three ways. */
export interface Moment {
  iso: string;
  words: string;
  exact: string;
}

export interface CardSite {
  id: string;
  name: string | null;
  preview: string | null;
  designer: string | null;
}

/** All that a connection's card says, ready to be shown. What only a live connection has is null on others. */
export interface Card {
  id: string;
  status: StatusWords;
  owner: ReturnType<typeof connectionOwner>;
  facts: CardFacts | null;
  /** Which sites an ended one was for: two of the same person are told apart by it. Empty where Webflow had not said. */
  had: string;
  /** What Webflow granted. */
  scopes: ScopeRows | null;
  /** What is said of scopes that were granted although nobody asked; empty when there are none. */
  extra: string;
  /** What this app cannot do, and by which scope; empty unless that limits a live connection. */
  missing: readonly (readonly [sentence: string, scope: string])[];
  /** Exact times and ids, for whoever wants them or has to write to support. */
  details: readonly (readonly [term: string, value: string])[];
  offer: { reconnect: boolean; checkAgain: boolean; webflow: string | null };
}

export interface CardFacts {
  /** "Sites", or that whole workspaces were granted, or may have been. */
  where: string;
  sites: CardSite[];
  connected: Moment;
  /** Null while it must be checked first. */
  checked: Moment | null;
  checkUnclear: boolean;
}

export function toCard(connection: Connection, now: Date): Card {
  const { id, scopes, missingScopes, extraScopes } = connection;
  const status = connectionStatus(connection);
  const live = isLive(connection);
  return {
    id,
    status: statusWords[status],
    owner: connectionOwner(connection.webflowUser),
    facts: live ? toFacts(connection, now) : null,
    had: live ? "" : siteNames(connection),
    scopes: live ? toScopeRows(scopes) : null,
    extra: live ? extraWords(extraScopes) : "",
    missing:
      status === "limited"
        ? missingScopes.map((scope) => [inSentence(describeScope(scope).sentence), scope] as const)
        : [],
    details: toDetails(connection),
    offer: {
      reconnect: status !== "disconnecting",
      checkAgain: status === "disconnecting",
      webflow: status === "abandoned" ? site.links.webflowDashboard : null,
    },
  };
}

const namedAtMost = 3;

/** The sites of a connection, the first three by name. */
export function siteNames({ sites }: Connection): string {
  const names = sites.slice(0, namedAtMost).map(({ id, name }) => isolate(name ?? id));
  const more = sites.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function extraWords(scopes: readonly string[]): string {
  if (scopes.length === 0) return "";
  return `More than this app asks for, and not used: ${scopes.map(nameScope).join(", ")}. To remove it, disconnect and connect again.`;
}

function toFacts(connection: Connection, now: Date): CardFacts {
  const { sites, connectedAt, checkedAt, checkUnclear } = connection;
  const moment = (at: Date) => ({
    iso: at.toISOString(),
    words: relativeTime(at, now),
    exact: exactTime(at),
  });
  return {
    where: placeWords(connection),
    sites: sites.map((one) => ({
      id: one.id,
      name: one.name,
      preview: previewLink(one),
      designer: designerLink(one),
    })),
    connected: moment(connectedAt),
    checked: checkedAt && moment(checkedAt),
    checkUnclear,
  };
}

/** Of workspaces Webflow tells the ids alone, which say nothing to a person. */
function placeWords({ workspaceIds, namesSites }: Connection): string {
  const count = workspaceIds.length;
  if (count === 0) return "Sites";
  const where = count === 1 ? "the workspace" : `${count} workspaces`;
  return namesSites
    ? `These sites, or every site of ${where}: Webflow names both`
    : `Every site of ${where}, later ones too`;
}

function toDetails({ id, webflowUser, workspaceIds, connectedAt, checkedAt, endedAt }: Connection) {
  const rows = [
    ["Connected", exactTime(connectedAt)],
    ["Checked", checkedAt ? exactTime(checkedAt) : ""],
    ["Ended", endedAt ? exactTime(endedAt) : ""],
    ["Webflow user", webflowUser.id],
    ["Workspace", workspaceIds.join(", ")],
    ["Connection", id],
  ] as const;
  return rows.filter(([, value]) => value !== "");
}
