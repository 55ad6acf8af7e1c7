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
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const end = () => {
      isOver = true;
      clearTimeout(timer);
    };
    const wait = (round: number) => {
      const seconds = pauses[round];
      if (isOver || seconds === undefined) return;
      timer = setTimeout(async () => {
        if (!document.hidden && (await isReachable()) && !isOver) router.refresh();
        wait(round + 1);
      }, seconds * 1000);
    };
    wait(0);
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
async function isReachable(): Promise<boolean> {
  try {
    const { ok, headers } = await fetch(location.pathname, {
      headers: { RSC: "1" },
      signal: AbortSignal.timeout(10_000),
    });
    return ok && `${headers.get("content-type")}`.startsWith("text/x-component");
  } catch {
    return false;
  }
}
