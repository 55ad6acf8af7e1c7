import "server-only";
import { z } from "zod";
import { type CallResult, callWebflow } from "@/lib/grants/call-webflow";

/** A site as Webflow lists it at this moment. */
export interface LiveSite {
  id: string;
  name: string;
  lastPublished: Date | null;
}

/** What of Webflow's answers this page shows. The SDK types them, but does not check them. */
const siteList = z.object({
  sites: z
    .array(
      z.object({
        id: z.string(),
        displayName: z.string().optional(),
        shortName: z.string().optional(),
        lastPublished: z.date().nullish(),
      }),
    )
    .default([]),
});
const collectionList = z.object({
  collections: z.array(z.object({ displayName: z.string().default("Without a name") })).default([]),
});

/** The sites of one connection, asked for now. Needs the scope sites:read. */
export function readSites(userId: string, connectionId: string): Promise<CallResult<LiveSite[]>> {
  return callWebflow(userId, connectionId, async (webflow) =>
    siteList.parse(await webflow.sites.list()).sites.map(({ id, displayName, shortName, lastPublished }) => ({
      id,
      name: displayName ?? shortName ?? id,
      lastPublished: lastPublished ?? null,
    })),
  );
}

/** The names of the CMS collections of some sites, by site id, asked for now. Needs the scope cms:read. */
export function readCollections(
  userId: string,
  connectionId: string,
  siteIds: readonly string[],
): Promise<CallResult<ReadonlyMap<string, readonly string[]>>> {
  return callWebflow(userId, connectionId, async (webflow) => {
    const ofSite = async (id: string) => {
      const { collections } = collectionList.parse(await webflow.collections.list(id));
      return [id, collections.map(({ displayName }) => displayName)] as const;
    };
    return new Map(await Promise.all(siteIds.map(ofSite)));
  });
}
