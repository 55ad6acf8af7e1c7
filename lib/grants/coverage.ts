import type { Authorization } from "@/lib/webflow/authorization";

/**
 * What a newer Grant of the same Webflow user must cover to replace one with this authorization: every workspace that it
 * touches, granted as such or through a site; or its sites, where Webflow did not say whose they are.
 */
export function coverageOf({ workspaceIds, siteIds, sites }: Authorization): string[] {
  const granted = new Set(siteIds);
  const ofSites = (sites ?? []).filter(({ id }) => granted.has(id)).map(({ workspaceId }) => workspaceId);
  const workspaces = [...(workspaceIds ?? []), ...ofSites].filter((id) => id !== null);
  return [...new Set(workspaces.length > 0 ? workspaces : siteIds)];
}
