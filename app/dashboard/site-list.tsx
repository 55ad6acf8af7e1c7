import type { ConnectedSite } from "@/lib/grants/read";
import { designerLink, previewLink } from "./site-links";

const shownAtOnce = 5;

/** The sites a connection reaches: by name where Webflow told us, by id where it did not. A long list folds. */
export function SiteList({ sites }: { sites: readonly ConnectedSite[] }) {
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

function toItem(site: ConnectedSite) {
  const preview = previewLink(site);
  const designer = designerLink(site);
  const about = site.name ?? site.id;
  return (
    <li key={site.id}>
      {site.name ? <bdi>{site.name}</bdi> : <code>{site.id}</code>}
      {preview && (
        <a href={preview} aria-label={`Preview of ${about}`} className="link" rel="noreferrer">
          Preview
        </a>
      )}
      {designer && (
        <a href={designer} aria-label={`Designer of ${about}`} className="link" rel="noreferrer">
          Designer
        </a>
      )}
    </li>
  );
}
