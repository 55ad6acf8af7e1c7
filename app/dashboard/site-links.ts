import type { ConnectedSite } from "@/lib/grants/read";

/** Webflow's picture of the site, if its address is one that is safe to link to. */
export function previewLink(site: Pick<ConnectedSite, "previewUrl">): string | null {
  const url = site.previewUrl && URL.parse(site.previewUrl);
  return url && url.protocol === "https:" && !url.username && !url.password ? url.href : null;
}

/** Where the site is edited. Webflow names that host after the site's short name. */
export function designerLink(site: Pick<ConnectedSite, "shortName">): string | null {
  return site.shortName && /^[a-z0-9-]{1,63}$/.test(site.shortName)
    ? `https://${site.shortName}.design.webflow.com`
    : null;
}
