/**
 * Whether somebody goes there themselves, by GET: it is no link checker (HEAD), no prefetch, and no picture or frame of another
 * page. Who only looks must neither start nor use up anything. Browsers say which it is in headers that no page can forge
 * (W3C Fetch Metadata, `Sec-Purpose`); who sends none is taken at their word.
 */
export function isVisit(request: Request): boolean {
  return request.method === "GET" && !isLook(request);
}

/** Whether another web page only looks: has this one as a picture or in a frame, asks by a script, or before anybody goes there. */
export function isLookFromElsewhere(request: Request): boolean {
  return comesFromElsewhere(request) && isLook(request);
}

function isLook({ headers }: Request): boolean {
  const destination = headers.get("sec-fetch-dest") ?? "document";
  return destination !== "document" || headers.has("sec-purpose") || headers.has("purpose");
}

/** Whether another web page sent the browser here. */
export function comesFromElsewhere({ headers }: Request): boolean {
  return ["cross-site", "same-site"].includes(headers.get("sec-fetch-site") ?? "");
}

/** For who only looks: nothing, for nobody to keep. */
export function answerLook(): Response {
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}
