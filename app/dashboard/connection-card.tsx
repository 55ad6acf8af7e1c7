import { SubmitButton } from "@/components/submit-button";
import type { Connection } from "@/lib/grants/read";
import { site } from "@/lib/site";
import { checkNow, reconnect } from "./actions";
import { ConnectionDetails, ConnectionFacts } from "./connection-facts";
import { connectionOwner } from "./connection-owner";
import { connectionStatus, isLive, statusWords } from "./connection-status";
import { DisconnectButton } from "./disconnect-button";
import { GrantedScopes, MissingScopes } from "./scope-sections";

/** One connection: who, where, what it may do, and the stub with which it is torn off. */
export function ConnectionCard({ connection, now }: { connection: Connection; now: Date }) {
  const status = connectionStatus(connection);
  const { tone, icon, label, sentence } = statusWords[status];
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
    <article aria-labelledby={heading} className={live ? "sheet connection live" : "sheet connection"}>
      <div className="stack">
        <header>
          <p className={`chip ${tone} icon-${icon}`}>{label}</p>
          <h2 id={heading}>
            <bdi>{owner.title}</bdi>
          </h2>
          {owner.detail && <p className="detail">{owner.detail}</p>}
          <p>
            {sentence}{" "}
            {status === "abandoned" && (
              <a href={site.links.webflowDashboard} className="link" rel="noreferrer">
                Open Webflow
              </a>
            )}
          </p>
        </header>
        {live && <ConnectionFacts connection={connection} now={now} />}
        {status === "limited" && (
          <MissingScopes ids={connection.missingScopes}>{reconnectForm}</MissingScopes>
        )}
        {live && <GrantedScopes connection={connection} />}
        <ConnectionDetails connection={connection} />
      </div>
      <div className="perforation">
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
