import { type ConnectError, toConnectError } from "@/lib/webflow/errors";

/** What a redirect from Webflow says (Webflow's page, "Response Parameters" and "Error Response Parameters"). */
export type CallbackParameters =
  | { kind: "code"; code: string; state: string }
  | { kind: "no_state" }
  | { kind: "error"; error: ConnectError }
  | { kind: "malformed" };

const longest = { code: 512, state: 4_096, error: 256 };

/**
 * Reads the parameters of a callback. Repeated or overlong ones, and code and error together, are malformed; a code
 * without state is what the Marketplace's Install button sends, and is never redeemed (login CSRF). Others are ignored (RFC 6749
 * 4.1.2).
 */
export function parseCallback(parameters: URLSearchParams): CallbackParameters {
  const [code, state, error] = (["code", "state", "error"] as const).map((name) => {
    const values = parameters.getAll(name);
    const tooMuch = values.length > 1 || (values[0]?.length ?? 0) > longest[name];
    return tooMuch ? null : values[0] || undefined;
  });
  if (code === null || state === null || error === null || (code && error)) return { kind: "malformed" };
  if (error) return { kind: "error", error: toConnectError(error) };
  if (!code) return { kind: "malformed" };
  return state ? { kind: "code", code, state } : { kind: "no_state" };
}
