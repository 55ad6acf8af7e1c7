import { answerTooManyRequests, readRetryAfter } from "@/app/too-many-requests/refuse";
import { sendTo } from "@/lib/auth/pages";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { startConnect } from "@/lib/auth/start";
import { env } from "@/lib/env";
import { answerLook, isVisit } from "@/lib/visit";

/** The Install URL for the Webflow Marketplace: into a fresh flow with state. Changes nothing but the state cookie. */
export async function GET(request: Request): Promise<Response> {
  return isVisit(request) ? start() : answerLook();
}

/** The same for the buttons "Connect" and "Reconnect": the new Grant replaces the one that it covers. */
export async function POST(request: Request): Promise<Response> {
  return isSameOrigin(request.headers) ? start() : sendTo(new URL("/sign-in", env().AUTH_URL));
}

async function start(): Promise<Response> {
  const url = await startConnect();
  return url.pathname === "/too-many-requests" ? answerTooManyRequests(readRetryAfter(url)) : sendTo(url);
}
