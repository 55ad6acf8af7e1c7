"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const pauses = [3, 5, 8, 13, 21, 34];

/**
 * Looks again a few times while Webflow has not answered, then leaves it to the person ("Check again", "Check now"), as it does
 * once they go elsewhere.
 */
export function RefreshWhilePending() {
  const router = useRouter();
  useEffect(() => {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    const look = async () => {
      for (const seconds of pauses) {
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        if (isOver) return;
        if (!document.hidden && (await isReachable()) && !isOver) router.refresh();
      }
    };
    void look();
    addEventListener("beforeunload", end);
    return () => {
      end();
      removeEventListener("beforeunload", end);
    };
  }, [router]);
  return null;
}

/**
 * Whether the page's data can be had. Where Next does not get it, it loads the whole page instead: an error page of the browser, an
 * open dialog gone, a sign-out under way called off.
 */
function isReachable(): Promise<boolean> {
  return fetch(location.pathname, { headers: { RSC: "1" }, signal: AbortSignal.timeout(10_000) }).then(
    ({ ok, headers }) => ok && headers.get("content-type") === "text/x-component",
    () => false,
  );
}
