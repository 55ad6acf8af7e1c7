/**
 * Whether somebody goes there themselves, by GET: it is no link checker (HEAD), no prefetch, and no picture or frame of another
 * page. Who only looks must neither start nor use up anything. Browsers say which it is in headers that no page can forge
 * (W3C Fetch Metadata, `Sec-Purpose`); who sends none is taken at their word.
 */
export function isVisit(request: Request): boolean {
  return request.method === "GET" && !isLook(request);
}

/**
 * Whether another web page only looks: has this one as a picture or in a frame, asks by a script, or has it fetched before anybody
 * goes there, of which a browser does not say by whose wish.
 */
export function isLookFromElsewhere(request: Request): boolean {
  return isPrefetch(request)
    ? request.headers.get("sec-fetch-site") !== "same-origin"
    : comesFromElsewhere(request) && isLook(request);
}

function isLook(request: Request): boolean {
  const destination = request.headers.get("sec-fetch-dest") ?? "document";
  return destination !== "document" || isPrefetch(request) || isWebSocket(request);
}

/** By a script, of which browsers say neither whose it is nor what it is for (RFC 6455 4.1, RFC 8441 5). Nothing here opens one. */
function isWebSocket({ headers }: Pick<Request, "headers">): boolean {
  return headers.has("sec-websocket-version");
}

function isPrefetch({ headers }: Request): boolean {
  return headers.has("sec-purpose") || headers.has("purpose");
}

/**
 * Whether a browser was led here by another site, or may have been: that nobody led it (`none`, an address that was typed) it says
 * also of a way back in another site's history. Who sends no such header is taken at their word.
 */
export function comesFromElsewhere(request: Pick<Request, "headers">): boolean {
  return isWebSocket(request) || (request.headers.get("sec-fetch-site") ?? "same-origin") !== "same-origin";
}

/** For who only looks: nothing, for nobody to keep. A prefetch fails: a browser would take what it got for the page, once somebody goes there. */
export function answerLook(request: Request): Response {
  const status = isPrefetch(request) ? 503 : 204;
  return new Response(null, { status, headers: { "cache-control": "no-store" } });
}
