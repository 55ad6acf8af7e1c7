import { isClient } from "../domain/client";
import type { World } from "../domain/world";
import type { BodyParameters } from "./parameters";

export type ClientAuthentication =
  | { ok: true }
  | { ok: false; error: "invalid_client" | "invalid_request"; description: string; status: 400 | 401 };

function decodeBasic(header: string): [string, string] | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon < 0) return undefined;
  try {
    const part = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
    return [part(decoded.slice(0, colon)), part(decoded.slice(colon + 1))];
  } catch {
    return undefined;
  }
}

const invalid = "No application found matching the provided credentials";

/**
 * Checks who asks: client_id and client_secret in the body, always; HTTP Basic when the switch `basicAuth` is on, else
 * the header is not looked at. Source: Webflow's authorization page; RFC 6749 2.3.1 and 5.2.
 */
export function authenticateClient(
  world: World,
  authorization: string | undefined,
  parameters: Extract<BodyParameters, { ok: true }>,
): ClientAuthentication {
  const inBody = parameters.get("client_secret");
  if (world.switches.basicAuth && authorization !== undefined && /^Basic /i.test(authorization)) {
    if (inBody !== undefined) {
      return {
        ok: false,
        error: "invalid_request",
        description: "two ways of client authentication",
        status: 400,
      };
    }
    const [id, secret] = decodeBasic(authorization) ?? [];
    if (isClient(world.client, id, secret)) return { ok: true };
    return { ok: false, error: "invalid_client", description: invalid, status: 401 };
  }
  if (isClient(world.client, parameters.get("client_id"), inBody)) return { ok: true };
  return { ok: false, error: "invalid_client", description: invalid, status: 400 };
}
