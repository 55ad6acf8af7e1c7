import { type ConnectionStatus, statusWords } from "@/app/dashboard/connection-status";
import { elementsOf, textOf } from "../support/html";

/** One card of the dashboard, as a person reads it. */
export interface ShownConnection {
  grantId: string;
  status: ConnectionStatus;
}

const statuses = Object.keys(statusWords) as ConnectionStatus[];
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The connections that a dashboard shows. Throws when a card does not say which one it is, or how it stands. */
export function connectionsOn(html: string): ShownConnection[] {
  return elementsOf(html, "article").map((card) => {
    const grantId = uuid.exec(card)?.[0];
    const text = textOf(card);
    const said = statuses.filter((status) => text.includes(statusWords[status].sentence));
    const [status] = said;
    if (!grantId || !status || said.length > 1)
      throw new Error(`A card that does not say what it is: ${text}`);
    return { grantId, status };
  });
}
