"use client";

import { useEffect } from "react";

/**
 * For the page that whoever is signed out is sent to: has the browser load it where Next's router has put it into the document of
 * another one, which still holds what was shown there, and would show it again at "Back".
 */
export function OwnDocument() {
  useEffect(() => {
    const [loaded] = performance.getEntriesByType("navigation");
    if (loaded && new URL(loaded.name).pathname !== location.pathname) location.replace(location.href);
  }, []);
  return null;
}
