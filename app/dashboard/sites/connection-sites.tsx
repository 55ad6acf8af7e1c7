import { Fragment } from "react";
import { connectionOwner } from "@/components/connection-owner";
import { SubmitButton } from "@/components/submit-button";
import type { CallResult } from "@/lib/grants/call-webflow";
import type { Connection } from "@/lib/grants/read";
import { When } from "../when";
import { allowCollections } from "./actions";
import { callWords } from "./call-words";
import { type LiveSite, readCollections, readSites } from "./read-sites";

/** Webflow allows 60 requests a minute, and this is one a site: not for every site of an agency. */
const sitesWithCollections = 10;

interface ConnectionSitesProps {
  connection: Connection;
  sites: CallResult<LiveSite[]>;
  collections: CallResult<ReadonlyMap<string, readonly string[]>>;
}

/** What `ConnectionSites` shows, asked for now. */
export async function readConnectionSites(connection: Connection): Promise<ConnectionSitesProps> {
  const sites = await readSites(connection.id);
  const siteIds =
    sites.kind === "ok" ? sites.value.slice(0, sitesWithCollections).map((site) => site.id) : [];
  return { connection, sites, collections: await readCollections(connection.id, siteIds) };
}

/** The sites of one connection with their CMS collections, or the way to allow reading those. */
export function ConnectionSites({ connection, sites, collections }: ConnectionSitesProps) {
  const { id, webflowUser } = connection;
  const heading = `sites-of-${id}`;
  const now = new Date();
  return (
    <section aria-labelledby={heading} className="sheet mt-8 p-5 sm:p-8">
      <h2 id={heading} className="text-heading wrap-anywhere">
        <bdi>{connectionOwner(webflowUser).title}</bdi>
      </h2>
      {sites.kind !== "ok" && <Failure words={callWords(sites)} />}
      {sites.kind === "ok" && (
        <ul aria-label="Sites" className="mt-4 space-y-3 text-note">
          {sites.value.map((site) => (
            <li key={site.id}>
              <b className="font-semibold wrap-anywhere">
                <bdi>{site.name}</bdi>
              </b>{" "}
              <span className="text-muted">
                {site.lastPublished === null && "never published"}
                {site.lastPublished && "published "}
                {site.lastPublished && <When at={site.lastPublished} now={now} />}
              </span>
              {collections.kind === "ok" && collections.value.has(site.id) && (
                <span className="block">
                  <Names of={collections.value.get(site.id) ?? []} />
                </span>
              )}
            </li>
          ))}
          {sites.value.length === 0 && <li>No site is shared with this app.</li>}
        </ul>
      )}
      {collections.kind === "missing_scopes" && (
        <form action={allowCollections} className="mt-6">
          <p className="mb-3 text-note">To list their CMS collections too, this app has to read your CMS.</p>
          <SubmitButton pending="Opening Webflow…" describedBy={heading}>
            Allow reading collections
          </SubmitButton>
        </form>
      )}
      {sites.kind === "ok" && collections.kind !== "ok" && collections.kind !== "missing_scopes" && (
        <Failure words={callWords(collections)} />
      )}
    </section>
  );
}

function Names({ of: names }: { of: readonly string[] }) {
  if (names.length === 0) return "No collections";
  return names.map((name, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two collections may have one name, and the list never changes
    <Fragment key={index}>
      {index > 0 && ", "}
      <bdi>{name}</bdi>
    </Fragment>
  ));
}

function Failure({ words }: { words: string }) {
  return (
    <p role="status" className="mt-4 text-note text-ochre">
      {words}
    </p>
  );
}
