import { NextResponse } from "next/server";
import { answerTooManyRequests, readRetryAfter } from "@/app/too-many-requests/refuse";
import { startConnect } from "@/lib/auth/start";
import { answerLook, isVisit } from "@/lib/visit";

/** The Install URL for the Webflow Marketplace: into a fresh flow with state. Changes nothing but the state cookie. */
export async function GET(request: Request): Promise<Response> {
  if (!isVisit(request)) return answerLook();
  const url = await startConnect();
  if (url.pathname === "/too-many-requests") return answerTooManyRequests(readRetryAfter(url));
  return NextResponse.redirect(url, { status: 302, headers: { "cache-control": "no-store" } });
}
