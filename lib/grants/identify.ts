import "server-only";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { readAuthorization } from "@/lib/webflow/authorization";
import { ConnectFailure } from "@/lib/webflow/errors";
import type { WebflowProfile } from "@/lib/webflow/provider";
import type { ReceivedGrant } from "./receive";
import { openToken } from "./vault";

/**
 * Asks Webflow whose token was received and what it may do. An answer without a Webflow user id is no identity. Whether the
 * Grant was given up in the meantime, `activateGrant` sees.
 *
 * @throws ConnectFailure `identity_unknown`, `webflow_unavailable` when Webflow gave no answer to go by
 */
export async function identifyGrant(grant: ReceivedGrant): Promise<WebflowProfile> {
  const answer = await readAuthorization(openToken(grant.id, grant.sealedToken));
  if (answer.kind === "unclear") throw new ConnectFailure("webflow_unavailable");
  if (answer.kind === "dead" || !answer.authorization.user) throw new ConnectFailure("identity_unknown");
  const asked: readonly string[] = [...env().WEBFLOW_SCOPES, ...grant.requestedScopes];
  const extra = answer.authorization.scopes?.filter((scope) => !asked.includes(scope)) ?? [];
  if (extra.length > 0) log.warn("scopes_not_asked_for", { grantId: grant.id, count: extra.length });
  return { grantId: grant.id, user: answer.authorization.user, authorization: answer.authorization };
}
