import { answerTooManyRequests, readRetryAfter } from "@/app/too-many-requests/refuse";
import { sendTo } from "@/lib/auth/pages";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { type StartOptions, startConnect } from "@/lib/auth/start";
import { env } from "@/lib/env";
import { answerLook, comesFromElsewhere, isVisit } from "@/lib/visit";

/** The Install URL for the Webflow Marketplace: into a fresh flow with state. Changes nothing but the state cookie. */
export async function GET(request: Request): Promise<Response> {
  return isVisit(request) ? start({ fromElsewhere: comesFromElsewhere(request) }) : answerLook(request);
}

/** The same for the buttons "Connect" and "Reconnect": the new Grant replaces the one that it covers. */
export async function POST(request: Request): Promise<Response> {
  return isSameOrigin(request.headers) ? start() : sendTo(new URL("/sign-in", env().AUTH_URL));
}

async function start(options: StartOptions = {}): Promise<Response> {
  const url = await startConnect(options);
  return url.pathname === "/too-many-requests" ? answerTooManyRequests(readRetryAfter(url)) : sendTo(url);
}
