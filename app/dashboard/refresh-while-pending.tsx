"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const pauses = [3, 5, 8, 13, 21, 34];

/** Looks again a few times while Webflow has not answered, then leaves it to the person ("Check again", "Check now"). */
export function RefreshWhilePending() {
  const router = useRouter();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (round: number) => {
      const seconds = pauses[round];
      if (seconds === undefined) return;
      timer = setTimeout(() => {
        if (!document.hidden) router.refresh();
        wait(round + 1);
      }, seconds * 1000);
    };
    wait(0);
    return () => clearTimeout(timer);
  }, [router]);
  return null;
}
