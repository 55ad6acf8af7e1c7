"use client";

import { useEffect } from "react";

/**
 * For the page that whoever is signed out is sent to: it shares its document with no other page. Next's router would put it into the one of
 * a dashboard, which still holds what was shown there, and shows it again at "Back"; or, at "Back", a dashboard into its own.
 */
export function OwnDocument() {
  useEffect(() => {
    const path = location.pathname;
    const [loaded] = performance.getEntriesByType("navigation");
    const isOwn = !loaded?.name.startsWith(location.origin) || new URL(loaded.name).pathname === path;
    if (!isOwn) location.reload();
    return () => {
      if (location.pathname !== path) location.reload();
    };
  }, []);
  return null;
}
