import { Icon } from "@/components/icon";
import { SubmitButton } from "@/components/submit-button";
import type { Connection } from "@/lib/grants/read";
import { site } from "@/lib/site";
import { checkNow, reconnect } from "./actions";
import { ConnectionDetails, ConnectionFacts } from "./connection-facts";
import { connectionOwner } from "./connection-owner";
import { connectionStatus, isLive, statusWords } from "./connection-status";
import { DisconnectButton } from "./disconnect-button";
import { GrantedScopes, MissingScopes } from "./scope-sections";

const toneClasses = {
  good: "border-pine bg-pine-wash text-pine",
  attention: "border-ochre bg-ochre-wash text-ochre",
  quiet: "border-edge text-muted",
} as const;

/** One connection: who, where, what it may do, and the stub with which it is torn off. */
export function ConnectionCard({ connection, now }: { connection: Connection; now: Date }) {
  const status = connectionStatus(connection);
  const words = statusWords[status];
  const live = isLive(connection);
  const heading = `connection-${connection.id}`;
  const owner = connectionOwner(connection.webflowUser);
  const reconnectForm = (
    <form action={reconnect}>
      <SubmitButton
        className={status === "limited" ? "button-main" : "button"}
        pending="Opening Webflow…"
        describedBy={heading}
      >
        Reconnect
      </SubmitButton>
    </form>
  );
  return (
    <article aria-labelledby={heading} className={`sheet flex flex-col ${live ? "lg:col-span-full" : ""}`}>
      <div className="grow space-y-6 p-5 sm:p-8">
        <header>
          <p className={`chip ${toneClasses[words.tone]}`}>
            <Icon name={words.icon} />
            {words.label}
          </p>
          <h2 id={heading} className="mt-3 text-heading wrap-anywhere">
            {owner.title}
          </h2>
          {owner.detail && <p className="text-note wrap-anywhere text-muted">{owner.detail}</p>}
          <p className="mt-3 max-w-prose text-note">{words.sentence}</p>
          {status === "abandoned" && (
            <a href={site.links.webflowDashboard} className="link text-note" rel="noreferrer">
              Open Webflow
            </a>
          )}
        </header>
        {live && <ConnectionFacts connection={connection} now={now} />}
        {status === "limited" && (
          <MissingScopes ids={connection.missingScopes}>{reconnectForm}</MissingScopes>
        )}
        {live && <GrantedScopes connection={connection} />}
        <ConnectionDetails connection={connection} />
      </div>
      <div className="perforation grid gap-3 p-5 sm:flex sm:flex-wrap sm:items-center sm:px-8 max-sm:[&_button]:w-full">
        {live && (
          <form action={checkNow}>
            <input type="hidden" name="connection" value={connection.id} />
            <SubmitButton pending="Checking…" describedBy={heading}>
              Check now
            </SubmitButton>
          </form>
        )}
        {status !== "limited" && status !== "disconnecting" && reconnectForm}
        {status === "disconnecting" && (
          <a href="/dashboard" className="button">
            Check again
          </a>
        )}
        {live && <DisconnectButton id={connection.id} owner={owner.title} describedBy={heading} />}
      </div>
    </article>
  );
}
