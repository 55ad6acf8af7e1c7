import { readPersonalData } from "@/lib/account/personal-data";
import { sendTo } from "@/lib/auth/pages";
import { currentUserId } from "@/lib/auth/session";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";
import { comesFromElsewhere } from "@/lib/visit";

/**
 * Everything stored about whoever asks, as a file; nobody is sent to sign in, and who must wait to the page that says so. No other
 * web page can set off the download: it would see by its own going on that somebody is signed in here.
 */
export async function GET(request: Request): Promise<Response> {
  const accountPage = new URL("/dashboard/account", env().AUTH_URL);
  if (comesFromElsewhere(request)) return sendTo(accountPage);
  try {
    const userId = await currentUserId();
    const data = userId && (await readPersonalData(userId));
    // Asked again: meanwhile the account may have been deleted, or this session ended, in another browser.
    if (!data || (await currentUserId()) !== userId) return sendTo(new URL("/sign-in", env().AUTH_URL));
    return new Response(JSON.stringify(data, null, 2), {
      headers: {
        "cache-control": "private, no-store",
        "content-type": "application/json; charset=utf-8",
        "content-disposition": 'attachment; filename="my-data.json"',
      },
    });
  } catch (error) {
    log.error("personal_data_unavailable", { error: errorName(error) });
    return sendTo(accountPage);
  }
}

export const dynamic = "force-dynamic";
