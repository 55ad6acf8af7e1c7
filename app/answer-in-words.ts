import "server-only";
import { requestId } from "@/lib/request-id";
import { site } from "@/lib/site";
import { toHtml } from "@/lib/to-html";
import type { ConnectError } from "@/lib/webflow/errors";
import { errorWords } from "./auth/error/messages";

/**
 * A page of words with a status of its own, which a page of Next's cannot have: for route handlers that refuse a request.
 * It stands alone, so it also works when nothing else does; nothing of the request is in it.
 *
 * @param code one of our own, so that the words are ours too
 * @param again where "Try again" leads, by GET; a URL where the person may be at an address that is not ours
 * @param id of the request, where Next does not know it yet
 */
export async function answerInWords(
  status: 400 | 403 | 405 | 409 | 413 | 429 | 503,
  code: ConnectError,
  {
    again,
    headers,
    id: givenId,
  }: { again: `/${string}` | URL; headers?: Record<string, string>; id?: string },
): Promise<Response> {
  const id = givenId ?? (await requestId());
  const { title, happened, next } = errorWords[code];
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${toHtml(`${title} · ${site.name}`)}</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/words.css">
</head>
<body>
<main>
<div role="alert"><h1>${toHtml(title)}</h1><p>${toHtml(happened)}</p><p>${toHtml(next)}</p></div>
${again instanceof URL ? `<p><a href="${toHtml(again.href)}">Try again</a></p>` : `<form action="${again}"><button>Try again</button></form>`}
${id ? `<p>Reference: <code>${id}</code></p>\n` : ""}<p><a href="/dashboard">To the dashboard</a> <a href="mailto:${site.supportEmail}">Write to us</a></p>
</main>
</body>
</html>
`;
  return new Response(page, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
