import type { IconName } from "@/components/icon";
import type { Connection, ConnectionState } from "@/lib/grants/read";

/** What a person sees: an active connection that lacks scopes is "limited". */
export type ConnectionStatus = ConnectionState | "limited";

export interface StatusWords {
  readonly label: string;
  readonly icon: IconName;
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
export function connectionStatus(connection: Pick<Connection, "state" | "missingScopes">): ConnectionStatus {
  return connection.state === "active" && connection.missingScopes.length > 0 ? "limited" : connection.state;
}

/** Whether the app may still use this connection: only then scopes and sites are worth showing. */
export function isLive(connection: Pick<Connection, "state">): boolean {
  return connection.state === "active";
}

/** What the app may still use comes first; otherwise the order is kept. */
export function liveFirst(connections: readonly Connection[]): Connection[] {
  return [...connections].sort((a, b) => Number(isLive(b)) - Number(isLive(a)));
}

/**
 * What the status region says: the outcome of the latest disconnect, or nothing when there was none or something was
 * connected since.
 */
export function disconnectNews(connections: readonly Connection[]): string {
  const asked = (connection: Connection) => connection.disconnectRequestedAt?.getTime() ?? 0;
  const latest = connections.reduce<Connection | null>(
    (best, one) => (asked(one) > (best ? asked(best) : 0) ? one : best),
    null,
  );
  if (!latest || connections.some((one) => isLive(one) && one.connectedAt.getTime() > asked(latest)))
    return "";
  if (latest.state === "disconnected") return "Disconnected. Webflow confirmed that the access has ended.";
  if (latest.state === "disconnecting")
    return "Disconnecting. Webflow has not confirmed yet; we keep trying, and this app no longer uses the access.";
  return "";
}
