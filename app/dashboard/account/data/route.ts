import { NextResponse } from "next/server";
import { readPersonalData } from "@/lib/account/personal-data";
import { currentUserId } from "@/lib/auth/session";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";

const headers = { "cache-control": "private, no-store" };

/** Everything stored about whoever asks, as a file; nobody is sent to sign in. */
export async function GET(): Promise<Response> {
  try {
    const userId = await currentUserId();
    // Both: between the two questions the account may be deleted in another tab.
    const data = userId && (await readPersonalData(userId));
    if (!data) return NextResponse.redirect(new URL("/sign-in", env().AUTH_URL), { status: 302, headers });
    return new Response(JSON.stringify(data, null, 2), {
      headers: {
        ...headers,
        "content-type": "application/json; charset=utf-8",
        "content-disposition": 'attachment; filename="my-data.json"',
      },
    });
  } catch (error) {
    log.error("personal_data_unavailable", { error: errorName(error) });
    return new Response("Our own records did not answer. Go back, wait a moment, then try again.\n", {
      status: 503,
      headers: { ...headers, "content-type": "text/plain; charset=utf-8", "retry-after": "30" },
    });
  }
}

export const dynamic = "force-dynamic";
