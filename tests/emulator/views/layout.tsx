/** @jsxImportSource hono/jsx */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { Environment } from "../routes/environment";
import { styles } from "./styles";

const links = [
  ["/", "Home"],
  ["/marketplace", "Marketplace"],
  ["/connected-apps", "Connected apps"],
  ["/_control", "Control"],
] as const;

export interface PageProps {
  title: string;
  path: string;
  wide?: boolean;
  script?: string;
  children: Child;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function Layout({ title, path, wide = false, script, children }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>{`${title} · Local Webflow`}</title>
        <style>{raw(styles)}</style>
      </head>
      <body>
        <header>
          <div class="band">
            <strong>Local Webflow</strong> · nothing here reaches webflow.com
          </div>
          <nav aria-label="Local Webflow">
            {links.map(([href, name]) => (
              <a key={href} href={href} aria-current={href === path ? "page" : undefined}>
                {name}
              </a>
            ))}
          </nav>
        </header>
        <main class={wide ? "wide" : ""}>{children}</main>
        {script === undefined ? null : <script>{raw(script)}</script>}
      </body>
    </html>
  );
}

/**
 * Answers with a page that cannot be framed, loads nothing and is kept nowhere. There is no form-action in its policy:
 * browsers apply it to redirects, and the consent form ends at the app.
 */
export function renderPage(
  c: Context<Environment>,
  status: 200 | 400 | 404,
  page: PageProps,
): Response | Promise<Response> {
  const script = page.script === undefined ? "" : `; script-src ${hashOf(page.script)}; connect-src 'self'`;
  c.header(
    "content-security-policy",
    `default-src 'none'; style-src ${hashOf(styles)}; img-src data:; base-uri 'none'; frame-ancestors 'none'${script}`,
  );
  c.header("x-content-type-options", "nosniff");
  // Not no-referrer: with it browsers send `Origin: null` from forms, and the origin check would refuse them.
  c.header("referrer-policy", "same-origin");
  c.header("cache-control", "no-store");
  return c.html(<Layout {...page} />, status);
}
