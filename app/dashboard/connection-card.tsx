"use client";

import { ConnectForm } from "@/components/connect-form";
import { ScopeList } from "@/components/scope-list";
import type { Card } from "./card";
import { CheckButton } from "./check-button";
import { ConnectionFacts } from "./connection-facts";
import { DisconnectButton } from "./disconnect-button";

/**
 * One connection: who, where, what it may do, and the stub with which it is torn off.
 *
 * A client component, although little in it moves: a page then carries the card's data once and its HTML once. Of a server
 * component every element is rendered and sent a second time, for React.
 */
export function ConnectionCard({ card }: { card: Card }) {
  const { id, status, owner, facts, had, scopes, extra, missing, details, offer } = card;
  const heading = `connection-${id}`;
  const limited = missing.length > 0;
  const reconnectForm = <ConnectForm label="Reconnect" main={limited} describedBy={heading} />;
  return (
    <article aria-labelledby={heading} className={facts ? "sheet connection live" : "sheet connection"}>
      <div className="stack">
        <header>
          <p className={`chip ${status.tone} icon-${status.icon}`}>{status.label}</p>
          <h2 id={heading}>
            <bdi>{owner.title}</bdi>
          </h2>
          {owner.detail && (
            <p className="detail">
              <bdi>{owner.detail}</bdi>
            </p>
          )}
          {had && <p className="detail">Sites: {had}</p>}
          <p>
            {status.sentence}{" "}
            {offer.webflow && (
              <a href={offer.webflow} className="link">
                Open Webflow
              </a>
            )}
          </p>
        </header>
        {facts && <ConnectionFacts facts={facts} />}
        {limited && (
          <section className="notice">
            <h3 className="icon-partial">Not allowed yet</h3>
            <p>Without these permissions this app cannot:</p>
            <ul aria-label="Missing scopes">
              {missing.map(([sentence, scope]) => (
                <li key={scope}>
                  {sentence} <code>{scope}</code>
                </li>
              ))}
            </ul>
            {reconnectForm}
          </section>
        )}
        {scopes !== null && (
          <section>
            <h3>What this app may do</h3>
            <ScopeList name="Granted scopes" rows={scopes} />
            {scopes === "" && <p>Nothing: Webflow named no permission.</p>}
            {extra && <p className="more">{extra}</p>}
          </section>
        )}
        <details className="details">
          <summary className="link">Details</summary>
          <dl>
            {details.map(([term, value]) => [
              <dt key={term}>{term}</dt>,
              <dd key={`${term} is`}>{value}</dd>,
            ])}
          </dl>
        </details>
      </div>
      <div className="perforation">
        {facts && <CheckButton id={id} describedBy={heading} />}
        {offer.reconnect && !limited && reconnectForm}
        {offer.checkAgain && (
          <a href="/dashboard" className="button">
            Check again
          </a>
        )}
        {facts && <DisconnectButton id={id} owner={owner.title} describedBy={heading} />}
      </div>
    </article>
  );
}
