import { NextResponse } from "next/server";
import { readPersonalData } from "@/lib/account/personal-data";
import { currentUserId } from "@/lib/auth/session";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";

const headers = { "cache-control": "private, no-store" };

/** Everything stored about whoever asks, as a file; nobody is sent to sign in, and who must wait to the page that says so. */
export async function GET(): Promise<Response> {
  try {
    const userId = await currentUserId();
    // Both: between the two questions the account may be deleted in another tab.
    const data = userId && (await readPersonalData(userId));
    if (!data) return sendTo("/sign-in");
    return new Response(JSON.stringify(data, null, 2), {
      headers: {
        ...headers,
        "content-type": "application/json; charset=utf-8",
        "content-disposition": 'attachment; filename="my-data.json"',
      },
    });
  } catch (error) {
    log.error("personal_data_unavailable", { error: errorName(error) });
    return sendTo("/dashboard/account");
  }
}

function sendTo(path: "/sign-in" | "/dashboard/account"): Response {
  return NextResponse.redirect(new URL(path, env().AUTH_URL), { status: 302, headers });
}

export const dynamic = "force-dynamic";
