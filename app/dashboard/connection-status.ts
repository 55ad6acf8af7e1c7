import type { Connection, ConnectionState } from "@/lib/grants/read";

/**
 * What a person sees: an active connection that lacks scopes is "limited", and one that must be checked before it is believed
 * is "checking".
 */
export type ConnectionStatus = ConnectionState | "limited" | "checking";

export interface StatusWords {
  readonly label: string;
  /** A drawing of app/icons.css. */
  readonly icon: "check" | "partial" | "off" | "wait" | "alert";
  readonly tone: "good" | "attention" | "quiet";
  /** What it means, and the next step if there is one. */
  readonly sentence: string;
}

export const statusWords: Readonly<Record<ConnectionStatus, StatusWords>> = {
  active: {
    label: "Connected",
    icon: "check",
    tone: "good",
    sentence: "Everything this app needs is allowed.",
  },
  limited: {
    label: "Connected, with limits",
    icon: "partial",
    tone: "attention",
    sentence: "It works, but not everything this app needs is allowed. Reconnect to allow the rest.",
  },
  checking: {
    label: "Checking with Webflow",
    icon: "wait",
    tone: "attention",
    sentence:
      "Something of this Webflow account has just ended. We are asking Webflow whether this access still works. You need not do anything.",
  },
  withdrawn: {
    label: "Withdrawn at Webflow",
    icon: "off",
    tone: "attention",
    sentence:
      "Webflow says this access has ended, so the app can do nothing with it. Reconnect if you want it back.",
  },
  disconnecting: {
    label: "Disconnecting",
    icon: "wait",
    tone: "attention",
    sentence:
      "This app has stopped using the access. Webflow has not confirmed the end yet; we keep asking. You need not do anything.",
  },
  disconnected: {
    label: "Disconnected",
    icon: "off",
    tone: "quiet",
    sentence:
      "Webflow confirmed that the access has ended, and we erased the key. You can reconnect at any time.",
  },
  abandoned: {
    label: "Not confirmed by Webflow",
    icon: "alert",
    tone: "attention",
    sentence:
      "This app stopped using the access, but in 30 days Webflow never confirmed its end. To be sure, remove the app in Webflow.",
  },
};

/** The status of one connection, as a person sees it. */
export function connectionStatus({
  state,
  missingScopes,
  checkedAt,
}: Pick<Connection, "state" | "missingScopes" | "checkedAt">): ConnectionStatus {
  if (state !== "active") return state;
  if (!checkedAt) return "checking";
  return missingScopes.length > 0 ? "limited" : "active";
}

/** Whether the next word is Webflow's, and will come without anybody's doing. */
export function isPending(connection: Connection): boolean {
  const status = connectionStatus(connection);
  return status === "disconnecting" || status === "checking";
}

/** Whether the app may still use this connection: only then scopes and sites are worth showing. */
export function isLive(connection: Pick<Connection, "state">): boolean {
  return connection.state === "active";
}

/** What the app may still use comes first; otherwise the order is kept. */
export function liveFirst(connections: readonly Connection[]): Connection[] {
  return [...connections].sort((a, b) => Number(isLive(b)) - Number(isLive(a)));
}
