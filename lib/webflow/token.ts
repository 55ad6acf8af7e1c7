import "server-only";
import { type ConnectError, ConnectFailure } from "./errors";
import { readJsonObject } from "./http";

/** Errors of Webflow's access token endpoint (Webflow's page, "Access code errors"), read from `error`, not from the status. */
const tokenErrors: readonly ConnectError[] = ["invalid_grant", "invalid_client", "unsupported_grant_type"];

/**
 * The access token of Webflow's answer to the code exchange (RFC 6749 5.1): bearer, 1 to 2,048 visible ASCII characters.
 * An `error` in the body counts whatever the status says; Webflow's descriptions are never passed on.
 *
 * @throws ConnectFailure with the error of Webflow's page, or `webflow_unavailable` when the answer is none of these
 */
export async function parseTokenAnswer(response: Response): Promise<string> {
  const body = await readJsonObject(response);
  const error = tokenErrors.find((code) => code === body?.error);
  if (error) throw new ConnectFailure(error);
  const { access_token: token, token_type: type } = body ?? {};
  const isBearer = typeof type === "string" && type.toLowerCase() === "bearer";
  const isToken = typeof token === "string" && /^[\x21-\x7e]{1,2048}$/.test(token);
  const hasError = (body?.error ?? null) !== null;
  if (!response.ok || hasError || !isBearer || !isToken) throw new ConnectFailure("webflow_unavailable");
  return token;
}
