import { sendTo } from "@/lib/auth/pages";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { signOutHere } from "@/lib/auth/sign-out";
import { env } from "@/lib/env";
import { errorName, log } from "@/lib/log";

/**
 * Ends this session, in the database and in the browser. The connections stay. The browser leaves the page for it, whose document
 * holds what it was made of: a server action would put the next page into the same document.
 */
export async function POST(request: Request): Promise<Response> {
  const to = (path: "/" | "/dashboard") => sendTo(new URL(path, env().AUTH_URL));
  if (!isSameOrigin(request.headers)) return to("/");
  try {
    await signOutHere();
    return to("/");
  } catch (error) {
    log.error("action_failed", { error: errorName(error) });
    return to("/dashboard");
  }
}
