import { NextResponse } from "next/server";
import { startConnect } from "@/lib/auth/start";

/** The Install URL for the Webflow Marketplace: into a fresh flow with state. Changes nothing but the state cookie. */
export async function GET(): Promise<Response> {
  return NextResponse.redirect(await startConnect(), {
    status: 302,
    headers: { "cache-control": "no-store" },
  });
}
