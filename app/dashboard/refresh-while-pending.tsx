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
    // It is not taken away again: then there is nothing left for it to end.
    addEventListener("beforeunload", end);
    return end;
  }, [router]);
  return null;
}

/**
 * Whether the page's data can be had, whole and from our database. Where Next does not get it, it loads the whole page instead: an
 * error page of the browser, an open dialog gone, a sign-out under way called off. Where the database fails it gets `Unavailable`.
 */
function isReachable(): Promise<boolean> {
  return fetch(location.pathname, { headers: { RSC: "1" }, signal: AbortSignal.timeout(10_000) })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then(
      (data) => /^\d+:(?!.*did not work)/s.test(data),
      () => false,
    );
}
