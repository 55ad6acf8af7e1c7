import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { SiteFooter } from "@/components/page";
import { env } from "@/lib/env";
import { site } from "@/lib/site";
import "./globals.css";

/**
 * What browsers, search engines and previews of a link are told of every page. The origin is known at run time only: a build needs no
 * environment.
 */
export async function generateMetadata(): Promise<Metadata> {
  await connection();
  // A whole address: of a path Next makes one at every view, by way of an exception.
  const image = new URL("/opengraph-image.png", env().AUTH_URL);
  return {
    title: { default: `${site.name}: ${site.tagline}`, template: `%s · ${site.name}` },
    description: site.description,
    openGraph: {
      type: "website",
      siteName: site.name,
      title: site.tagline,
      description: site.description,
      images: [{ url: image, ...site.linkPicture }],
    },
    twitter: { card: "summary_large_image" },
    // Browsers on phones otherwise turn ids into links that dial them.
    formatDetection: { telephone: false, date: false, address: false, email: false },
  };
}

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: site.themeColor.light },
    { media: "(prefers-color-scheme: dark)", color: site.themeColor.dark },
  ],
};

/** Every page is rendered for its request, because each carries a nonce of its own in its Content Security Policy. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  return (
    <html lang="en">
      <body>
        {/* A browser that knows this shows a page when its end has arrived, so that nothing moves while it does. */}
        <link rel="expect" href="#end" blocking="render" />
        {children}
        <SiteFooter />
        <span id="end" hidden />
      </body>
    </html>
  );
}
