"use client";

import type { CardFacts, CardSite, Moment } from "./card";

const shownAtOnce = 5;

/** Which sites, since when, last checked. */
export function ConnectionFacts({ facts }: { facts: CardFacts }) {
  const { where, sites, connected, checked, checkUnclear } = facts;
  return (
    <dl className="facts">
      <div>
        <dt>{where}</dt>
        <dd>
          <SiteList sites={sites} />
          {sites.length === 0 && "Webflow names none"}
        </dd>
      </div>
      <div>
        <dt>Connected</dt>
        <dd>{toTime(connected)}</dd>
      </div>
      <div>
        <dt>Last checked</dt>
        <dd>
          {checked ? toTime(checked) : "Checking…"}
          {checkUnclear && "; Webflow gave no clear answer just now"}
        </dd>
      </div>
    </dl>
  );
}

function toTime({ iso, exact, words }: Moment) {
  return (
    <time dateTime={iso} title={exact}>
      {words}
    </time>
  );
}

/** By name where Webflow told us, by id where it did not. A long list folds. */
function SiteList({ sites }: { sites: readonly CardSite[] }) {
  const folded = sites.slice(shownAtOnce);
  return (
    <>
      <ul>{sites.slice(0, shownAtOnce).map(toItem)}</ul>
      {folded.length > 0 && (
        <details>
          <summary className="link">{folded.length} more</summary>
          <ul>{folded.map(toItem)}</ul>
        </details>
      )}
    </>
  );
}

function toItem({ id, name, preview, designer }: CardSite) {
  return (
    <li key={id}>
      {name ? <bdi>{name}</bdi> : <code>{id}</code>}
      {preview && toLink("Preview", preview, name ?? id)}
      {designer && toLink("Designer", designer, name ?? id)}
    </li>
  );
}

function toLink(words: string, href: string, about: string) {
  return (
    <a href={href} aria-label={`${words} of ${about}`}>
      {words}
    </a>
  );
}
