import type { Metadata } from "next";

/** Metadata of a page that only one person can see: nothing for search engines or for previews of a link. */
export function privatePage(title: string): Metadata {
  return { title, robots: { index: false }, description: null, openGraph: null, twitter: null };
}
