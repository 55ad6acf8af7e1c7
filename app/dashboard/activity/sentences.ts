import { connectionOwner } from "@/components/connection-owner";
import type { ActivityEvent } from "@/lib/grants/activity";
import { isolate } from "../isolate";
import { nameScope } from "../scope-words";

interface EventWords {
  /** A drawing of app/icons.css. */
  icon: "link" | "check" | "off" | "wait" | "alert" | "door" | "partial";
  sentence: (event: ActivityEvent) => string;
}

/** One sentence for everything that can happen: who did it, and what it means. A type without words does not compile. */
const eventWords: Readonly<Record<ActivityEvent["type"], EventWords>> = {
  CONNECTED: { icon: "link", sentence: (event) => `You connected ${whose(event)}.` },
  RECONNECTED: {
    icon: "link",
    sentence: (event) => `You connected ${whose(event)} again. The new access replaces the earlier one.`,
  },
  SCOPES_CHANGED: {
    icon: "partial",
    sentence: (event) =>
      `What this app may do for ${whose(event)} changed at Webflow${changes(event, nameScope)}.`,
  },
  SITES_CHANGED: {
    icon: "partial",
    sentence: (event) =>
      `The sites that ${whose(event)} shares with this app changed at Webflow${changes(event, isolate)}.`,
  },
  CHECKED: {
    icon: "check",
    sentence: (event) => `You checked ${whose(event)}: Webflow confirmed the access.`,
  },
  DISCONNECTED: {
    icon: "off",
    sentence: (event) =>
      `You disconnected ${whose(event)}. From that moment this app did not use the access any more.`,
  },
  REVOCATION_CONFIRMED: {
    icon: "check",
    sentence: (event) =>
      `Webflow confirmed that an access of ${whose(event)} has ended, and our key to it was erased.`,
  },
  REVOCATION_ABANDONED: {
    icon: "alert",
    sentence: (event) =>
      `In 30 days Webflow did not confirm that an access of ${whose(event)} has ended. We stopped asking.`,
  },
  WITHDRAWN: {
    icon: "off",
    sentence: (event) =>
      `The access of ${whose(event)} was withdrawn at Webflow, and our key to it was erased.`,
  },
  UNLINKED: {
    icon: "off",
    sentence: (event) =>
      `You unlinked ${whose(event)}, which signs in here no more. What was connected with it was disconnected.`,
  },
  SIGNED_IN: { icon: "door", sentence: () => "You signed in." },
  SIGNED_OUT: {
    icon: "door",
    sentence: ({ elsewhere }) => (elsewhere ? "You signed another browser out." : "You signed out."),
  },
};

export interface EventView {
  icon: EventWords["icon"];
  sentence: string;
}

/** What a person reads of one event. */
export function describeEvent(event: ActivityEvent): EventView {
  const { icon, sentence } = eventWords[event.type];
  return { icon, sentence: sentence(event) };
}

function whose({ webflowUser }: ActivityEvent): string {
  return webflowUser ? isolate(connectionOwner(webflowUser).title) : "a Webflow account";
}

/** ": added a, b; removed c", as far as it is known. */
function changes({ added, removed }: ActivityEvent, name: (value: string) => string): string {
  const parts = [
    added.length > 0 && `added ${added.map(name).join(", ")}`,
    removed.length > 0 && `removed ${removed.map(name).join(", ")}`,
  ].filter(Boolean);
  return parts.length > 0 ? `: ${parts.join("; ")}` : "";
}
