import { site } from "@/lib/site";

/** The same on every page: who is behind the app, and the two documents that Webflow's Marketplace asks for. */
export function SiteFooter() {
  return (
    <footer className="border-t border-line text-small text-muted">
      <nav aria-label="About" className="column flex flex-wrap items-center gap-x-6 gap-y-2 py-6">
        <p className="grow">{site.name} is an independent app, not a part of Webflow.</p>
        <a href={site.links.privacy} className="link">
          Privacy
        </a>
        <a href={site.links.terms} className="link">
          Terms
        </a>
        <a href={`mailto:${site.supportEmail}`} className="link">
          Help
        </a>
      </nav>
    </footer>
  );
}
