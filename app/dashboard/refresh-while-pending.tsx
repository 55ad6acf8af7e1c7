"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const pauses = [3, 5, 8, 13, 21, 34];

/**
 * Looks again a few times while Webflow, or our database, has not answered, and shows the page anew once it has; then leaves it to the
 * person ("Check again", "Check now", "Try again"), as it does once they go elsewhere.
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
        if (!document.hidden && (await isSettled()) && !isOver) router.refresh();
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
 * Whether the page's data can be had, whole, and nothing in it is pending: this component is not in it, whose name then ends a line, which
 * no words of somebody's do. Next takes whatever it gets instead, or loads the whole page, as for data of another build: an open dialog
 * is gone, a sign-out under way called off.
 */
function isSettled(): Promise<boolean> {
  return fetch(location.pathname, { headers: { RSC: "1" }, signal: AbortSignal.timeout(10_000) })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then(
      (data) => /^\d+:(?!.*RefreshWhilePending"]?\n)/s.test(data),
      () => false,
    );
}
