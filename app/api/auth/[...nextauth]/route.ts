import { after, type NextRequest } from "next/server";
import { answerInWords } from "@/app/answer-in-words";
import { handleCallback, ownStart } from "@/lib/auth/callback";
import { handlers } from "@/lib/auth/config";
import { toOwnRequest } from "@/lib/auth/own-request";
import { errorPage, sendTo, tooManyRequestsPage } from "@/lib/auth/pages";
import { handleNextAuthPost } from "@/lib/auth/post-routes";
import { clientAddress } from "@/lib/client-address";
import { takeFromLimit } from "@/lib/rate-limit";
import { answerLook, isVisit } from "@/lib/visit";
import { type ConnectError, isOfDatabase } from "@/lib/webflow/errors";

const callbackPath = "/api/auth/callback/webflow";
/** One would send whoever goes there to our page with whatever error they like; the other says that an e-mail is on its way. */
const pagesOfNextAuth = ["/api/auth/error", "/api/auth/verify-request"];

export async function GET(request: NextRequest): Promise<Response> {
  const { pathname } = request.nextUrl;
  if (pagesOfNextAuth.includes(pathname)) return sendTo(errorPage("unknown"));
  if (pathname !== callbackPath) return keptByNobody(await handlers.GET(toOwnRequest(request)));
  if (!isVisit(request)) return answerLook(request);
  const working = handleCallback(request);
  // A server that is stopped waits for this even when the browser has gone: nobody else knows of a fresh token.
  after(Promise.allSettled([working]));
  const outcome = await working;
  return "response" in outcome ? outcome.response : answerFailure(request, outcome.failure);
}

export async function POST(request: NextRequest): Promise<Response> {
  // Webflow redirects by GET (RFC 6749 4.1.2).
  if (request.nextUrl.pathname === callbackPath) return answerFailure(request, "malformed_callback");
  return keptByNobody(await handleNextAuthPost(request));
}

/** NextAuth's answers set cookies, or tell who is signed in; it says of some only that nobody may keep them. */
function keptByNobody(answer: Response): Response {
  // A copy: the headers of some of its redirects cannot be changed.
  const response = new Response(answer.body, answer);
  response.headers.set("cache-control", "private, no-store");
  return response;
}

async function answerFailure(request: NextRequest, failure: ConnectError): Promise<Response> {
  // Our own fault is counted for nobody, and a database that does not answer is not waited for once more.
  if (!isOfDatabase(failure)) {
    const who = (await ownStart(request)) ?? clientAddress(request.headers);
    const limit = await takeFromLimit("failed_callback", who);
    // Elsewhere: what Webflow sent along is to stay in no address bar.
    if (!limit.allowed) return sendTo(tooManyRequestsPage(limit.retryAfterSeconds));
  }
  return failure === "malformed_callback"
    ? answerInWords(400, failure, { again: "/install" })
    : sendTo(errorPage(failure));
}

/** Seconds that Vercel lets a callback run. Its calls to Webflow take 30 at most; cut off, it might lose a fresh token. */
export const maxDuration = 60;
