"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const pauses = [3, 5, 8, 13, 21, 34];

/**
 * Looks again a few times while Webflow has not answered, and shows the page anew once it has; then leaves it to the person ("Check
 * again", "Check now"), as it does once they go elsewhere.
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
 * Whether the page's data can be had, whole and from our database, and nothing in it is pending. Next takes whatever it gets instead,
 * or loads the whole page, as for data of another build: an open dialog is gone, a sign-out under way called off. What is looked for in
 * the data is this component, by the name at the end of its line, and the heading of `Unavailable`. No name that somebody chose looks
 * like either: a quotation mark in it is escaped.
 */
function isSettled(): Promise<boolean> {
  return fetch(location.pathname, { headers: { RSC: "1" }, signal: AbortSignal.timeout(10_000) })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then(
      (data) => /^\d+:(?!.*(RefreshWhilePending"]?\n|className":"icon-alert))/s.test(data),
      () => false,
    );
}
