import "server-only";
import { Auth, raw, skipCSRFCheck } from "@auth/core";
import type { NextRequest } from "next/server";
import NextAuth, { AuthError, customFetch, type NextAuthConfig } from "next-auth";
import { CommitUnanswered, isDatabaseError } from "@/lib/db";
import { env } from "@/lib/env";
import { activateGrant } from "@/lib/grants/activate";
import { identifyGrant } from "@/lib/grants/identify";
import { receiveToken } from "@/lib/grants/receive";
import { errorName, log } from "@/lib/log";
import { type ConnectError, ConnectFailure } from "@/lib/webflow/errors";
import { WebflowUnavailable, webflowFetch } from "@/lib/webflow/http";
import { webflowProvider } from "@/lib/webflow/provider";
import { webflowAdapter } from "./adapter";
import { authCookies } from "./cookies";
import type { Flow } from "./flow";
import { toSafePath } from "./safe-path";
import { absoluteDays } from "./session-life";
import { beginSession } from "./sessions";

const secondsADay = 24 * 60 * 60;

/** NextAuth wraps whatever was thrown; the cause inside says what the person is to be told. */
function toConnectError(error: Error, { received }: Flow): ConnectError {
  const cause = error instanceof AuthError ? (error.cause?.err ?? error) : error;
  if (cause instanceof ConnectFailure) return cause.code;
  if (cause instanceof WebflowUnavailable) return "webflow_unavailable";
  if (error instanceof AuthError && error.type === "AdapterError") return "database_unavailable";
  if (cause instanceof CommitUnanswered) return "perhaps_connected";
  if (isDatabaseError(cause)) return "database_unavailable";
  // What is left before the exchange is a state cookie that is missing, too old or another tab's.
  return received ? "unknown" : "start_expired";
}

function provider(flowOfCallback: () => Flow) {
  return {
    ...webflowProvider({
      receiveToken: async (token) => {
        const flow = flowOfCallback();
        flow.received = await receiveToken(token, flow.requestedScopes);
        return flow.received.id;
      },
      identify: async (grantId) => {
        const flow = flowOfCallback();
        if (flow.received?.id !== grantId) throw new ConnectFailure("unknown");
        flow.profile = await identifyGrant(flow.received);
        return flow.profile;
      },
    }),
    options: {
      // A code is exchanged in a callback of ours only, whatever route of NextAuth's somebody finds.
      [customFetch]: async (...[input, init]: Parameters<typeof fetch>) => {
        flowOfCallback();
        return webflowFetch(input, init);
      },
    },
  };
}

/** @param flow the callback that is being taken, if it is one */
function config(flow?: Flow): NextAuthConfig {
  const { AUTH_SECRET, AUTH_URL, AUTH_REDIRECT_PROXY_URL } = env();
  const flowOfCallback = () => {
    if (!flow) throw new ConnectFailure("unknown");
    return flow;
  };
  return {
    adapter: webflowAdapter(flow),
    secret: AUTH_SECRET,
    basePath: "/api/auth",
    redirectProxyUrl: AUTH_REDIRECT_PROXY_URL,
    trustHost: true,
    useSecureCookies: AUTH_URL.startsWith("https:"),
    cookies: authCookies(),
    providers: [provider(flowOfCallback)],
    pages: { signIn: "/sign-in", error: "/auth/error", signOut: "/" },
    session: {
      strategy: "database",
      generateSessionToken: () => flowOfCallback().sessionToken,
      maxAge: absoluteDays * secondsADay,
      // As long as it lasts: reading a session never prolongs it.
      updateAge: absoluteDays * secondsADay,
    },
    callbacks: {
      // A throw here is safe, one in `events` would vanish. Connected and signed in is one transaction: both, or neither.
      signIn: async () => {
        const flow = flowOfCallback();
        if (!flow.profile) return false;
        flow.activation = await activateGrant(flow.profile, flow.startedBy, (query, userId) =>
          beginSession(query, userId, flow),
        );
        return true;
      },
      redirect: ({ url }) => `${AUTH_URL}${toSafePath(url, AUTH_URL)}`,
      session: ({ session }) => ({ user: { id: session.userId }, expires: session.expires.toISOString() }),
    },
    events: {
      signIn: () => {
        flowOfCallback().signedIn = true;
      },
    },
    // NextAuth's own logger prints answers and, when debugging, the client secret.
    logger: {
      error: (error) => {
        // Its own class names are minified away in a build, `type` is not.
        const type = error instanceof AuthError ? error.type : errorName(error);
        const cause = error instanceof AuthError ? error.cause?.err : undefined;
        if (flow) flow.failure ??= toConnectError(error, flow);
        log.warn("auth_error", {
          error: cause instanceof AuthError || !cause ? type : errorName(cause),
          code: flow?.failure,
        });
      },
      warn: (code) => log.warn("auth_warning", { code }),
      debug: () => {},
    },
  };
}

/** NextAuth 5, configured at each request, so that a build needs no environment. */
export const { handlers } = NextAuth(() => config());

/** Has NextAuth take Webflow's redirect as this flow, which its hooks read and fill in. */
export function takeCallback(request: NextRequest, flow: Flow): Promise<Response> {
  return Auth(request, config(flow));
}

/**
 * Has NextAuth make `state`, the cookies that hold it, and the authorize URL. Its function for server actions would read whatever
 * cookies the browser sent, and set its own at once: one start too many would break the one that is under way in another tab.
 */
export async function prepareSignIn(scope: string, callbackUrl: string) {
  const url = new URL(`/api/auth/signin/webflow?${new URLSearchParams({ scope })}`, env().AUTH_URL);
  const request = new Request(url, { method: "POST", body: new URLSearchParams({ callbackUrl }) });
  // Who is asked here is the server: there is no form of a browser whose CSRF token could be looked at.
  const { redirect = "", cookies = [] } = await Auth(request, { ...config(), raw, skipCSRFCheck });
  return { authorizeUrl: new URL(redirect, env().AUTH_URL), cookies };
}
