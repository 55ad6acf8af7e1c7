import "server-only";
import { z } from "zod";
import type { CallResult } from "@/lib/grants/call-webflow";
import { text } from "@/lib/webflow/text";
import { callWebflowSignedIn } from "../call-webflow";

/** A site as Webflow lists it at this moment. */
export interface LiveSite {
  id: string;
  name: string;
  /** Null when it never was; undefined when Webflow's word for it is no time. */
  lastPublished: Date | null | undefined;
}

/** What of Webflow's answers this page shows. The SDK types them, but hands an odd answer through as it came. */
const site = z.object({
  // It becomes a part of a URL: Webflow's ids are nothing else.
  id: z.string().regex(/^[0-9a-f]{24}$/),
  displayName: text,
  shortName: text,
  lastPublished: z
    .union([z.date(), z.iso.datetime({ offset: true }).transform((time) => new Date(time))])
    .nullish()
    .transform((at): LiveSite["lastPublished"] => at ?? null)
    .catch(undefined),
});
const collection = z.object({ displayName: text });

/** A list in which an odd entry hides itself, not the others. */
function listOf<Entry>(entry: z.ZodType<Entry>) {
  return z
    .array(z.unknown())
    .default([])
    .transform((list) => list.flatMap((value) => entry.safeParse(value).data ?? []));
}
const siteList = z.object({ sites: listOf(site) });
const collectionList = z.object({ collections: listOf(collection) });

/** The sites of one connection, asked for now. Needs the scope sites:read. */
export function readSites(connectionId: string): Promise<CallResult<LiveSite[]>> {
  return callWebflowSignedIn(connectionId, async (webflow) =>
    siteList.parse(await webflow.sites.list()).sites.map(({ id, displayName, shortName, lastPublished }) => ({
      id,
      name: displayName ?? shortName ?? id,
      lastPublished,
    })),
  );
}

/** The names of the CMS collections of some sites, by site id, asked for now. Needs the scope cms:read. */
export function readCollections(
  connectionId: string,
  siteIds: readonly string[],
): Promise<CallResult<ReadonlyMap<string, readonly string[]>>> {
  return callWebflowSignedIn(connectionId, async (webflow) => {
    const ofSite = async (id: string) => {
      const { collections } = collectionList.parse(await webflow.collections.list(id));
      return [id, collections.map(({ displayName }) => displayName ?? "Without a name")] as const;
    };
    return new Map(await Promise.all(siteIds.map(ofSite)));
  });
}
