import "server-only";
import { decode } from "next-auth/jwt";
import { z } from "zod";
import { env } from "@/lib/env";

const path = "/api/auth/callback/webflow";

/**
 * Webflow knows one redirect URL, and every preview deployment has an address of its own. So a preview names that of a
 * stable deployment (AUTH_REDIRECT_PROXY_URL), and NextAuth puts the preview's own address into `state`, encrypted with the
 * preview's AUTH_SECRET. This is the stable deployment's part: where such a callback goes, or null when it is not a preview's.
 *
 * Nothing of it is stored or redeemed here; the preview spends its state and the code against its own database. Nobody is
 * sent anywhere unless a holder of PREVIEW_AUTH_SECRET wrote the address, and PREVIEW_ORIGINS names it.
 *
 * @param parameters of a callback that is not malformed
 */
export async function previewCallback(parameters: URLSearchParams): Promise<URL | null> {
  const { PREVIEW_AUTH_SECRET: secret, PREVIEW_ORIGINS: patterns } = env();
  const state = parameters.get("state");
  if (!secret || !patterns || !state) return null;
  const origin = await originOf(state, secret);
  if (!origin || !patterns.some((pattern) => matches(origin, pattern))) return null;
  const callback = new URL(path, origin);
  for (const name of ["code", "error", "state"]) {
    const value = parameters.get(name);
    if (value) callback.searchParams.set(name, value);
  }
  return callback;
}

const payload = z.object({ origin: z.url() });

/** The origin in a state that NextAuth made with this secret (its salt is "encodedState"), less than 15 minutes ago. */
async function originOf(state: string, secret: string): Promise<string | null> {
  const decoded: unknown = await decode({ token: state, secret, salt: "encodedState" }).catch(() => null);
  const parsed = payload.safeParse(decoded);
  const url = parsed.success ? URL.parse(parsed.data.origin) : null;
  return url && url.pathname === path && !url.username && !url.password ? url.origin : null;
}

/** `*` stands for letters, digits and hyphens: never for a dot, so it cannot name another domain. */
function matches(origin: string, pattern: string): boolean {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return origin === pattern;
  return (
    origin.startsWith(before) &&
    origin.endsWith(after) &&
    /^[a-z0-9-]+$/.test(origin.slice(before.length, -after.length))
  );
}
