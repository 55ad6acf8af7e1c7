import "server-only";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { readAuthorization } from "@/lib/webflow/authorization";
import { ConnectFailure } from "@/lib/webflow/errors";
import type { WebflowProfile } from "@/lib/webflow/provider";
import { openToken } from "./vault";

/**
 * Asks Webflow whose token a RECEIVED Grant holds and what it may do. An answer without a Webflow user id is no identity.
 *
 * @throws ConnectFailure `identity_unknown`, `webflow_unavailable` when Webflow gave no answer to go by, `start_expired` when
 *   the Grant was given up and revoked in the meantime
 */
export async function identifyGrant(grantId: string): Promise<WebflowProfile> {
  const grant = await db().grant.findUnique({
    where: { id: grantId },
    select: { sealedToken: true, requestedScopes: true },
  });
  if (!grant?.sealedToken) throw new ConnectFailure("start_expired");
  const answer = await readAuthorization(openToken(grantId, grant.sealedToken));
  if (answer.kind === "unclear") throw new ConnectFailure("webflow_unavailable");
  if (answer.kind === "dead" || !answer.authorization.user) throw new ConnectFailure("identity_unknown");
  const asked: readonly string[] = [...env().WEBFLOW_SCOPES, ...grant.requestedScopes];
  const extra = answer.authorization.scopes?.filter((scope) => !asked.includes(scope)) ?? [];
  if (extra.length > 0) log.warn("scopes_not_asked_for", { grantId, count: extra.length });
  return { grantId, user: answer.authorization.user, authorization: answer.authorization };
}
