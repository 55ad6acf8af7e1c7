import { fileURLToPath } from "node:url";
import { securityHeaders } from "./lib/security-headers.mjs";

// What proxy.ts leaves out: files that are no pages. Opened as a page of their own they can do nothing.
const noPage = [
  { key: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'; sandbox" },
];

/** @type {import("next").NextConfig} */
export default {
  // `NEXT_OUTPUT=standalone npm run build` makes a server without node_modules, for containers; Vercel must not have it.
  output: process.env.NEXT_OUTPUT === "standalone" ? "standalone" : undefined,
  poweredByHeader: false,
  reactStrictMode: true,
  // No picture here needs Next's optimizer, which would fetch what a query string names.
  images: { unoptimized: true },
  rewrites: () => ({
    // Next gives the page that stands in for a failed layout an address of its own, and answers it by 500, to be kept for a year.
    beforeFiles: [{ source: "/_global-error", destination: "/not-found" }],
    // proxy.ts leaves a form under /api/ to the route there. Where there is none, Next's 404 page would look for an action in it.
    fallback: [
      {
        source: "/api/:path*",
        has: [{ type: "header", key: "content-type", value: "multipart/form-data.*" }],
        destination: "/refused",
      },
    ],
  }),
  headers: () => [
    { source: "/:path*", headers: securityHeaders },
    { source: "/_next/static/:path*", headers: noPage },
    { source: "/:file(icon.svg|favicon.ico)", headers: noPage },
    // The picture beside a link to this app, on whatever page that stands.
    {
      source: "/opengraph-image.png",
      headers: [{ key: "Cross-Origin-Resource-Policy", value: "cross-origin" }],
    },
    // The URL of a callback holds a code.
    { source: "/api/auth/:path*", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
  ],
  // `next dev` prints each request: the URL of a callback holds a code.
  logging: { incomingRequests: { ignore: [/^\/api\/auth\//] } },
  experimental: {
    // Of a request's body Next keeps two copies, of 10 MB unless told. Nothing here is sent more than 1 MB (lib/request-guard.ts).
    proxyClientMaxBodySize: "2mb",
    // A page's code is loaded at its first visit. All of it at the start made a start to the first dashboard a fifth longer.
    preloadEntriesOnStart: false,
  },
  // Loaded from node_modules when it is first used: 20 MB that no page should carry.
  serverExternalPackages: ["webflow-api"],
  // Without it Next takes a parent folder that has a lock file for the workspace root.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
};
