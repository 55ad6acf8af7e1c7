import type { CodeRecord, TokenRecord } from "./ledger";
import type { World } from "./world";

/** Access code errors of Webflow's page. `error_description` says which rule was broken. */
export type TokenRefusal = { error: "invalid_grant"; error_description: string };

function refuse(description: string): TokenRefusal {
  return { error: "invalid_grant", error_description: description };
}

/** RFC 6749 4.1.3: repeated exactly if authorize had it; else, if sent at all, the registered one (Webflow's page). */
function redirectUriFits(world: World, code: CodeRecord, sent: string | undefined): boolean {
  if (code.redirectUri !== null) return sent === code.redirectUri;
  return sent === undefined || world.client.redirectUris.includes(sent);
}

function issue(world: World, code: CodeRecord): TokenRecord {
  const earlier = world.ledger.liveTokensOf(code.authorization.userId);
  const [first] = earlier;
  if (world.switches.secondAuthorization === "same_token" && first)
    return world.ledger.reissueToken(code, first);
  if (world.switches.secondAuthorization === "replaces") {
    for (const token of earlier) world.ledger.kill(token, "supersede");
  }
  return world.ledger.issueToken(code);
}

/**
 * Exchanges a code for a token, once (RFC 6749 4.1.2 and 4.1.3; Webflow's authorization page, step 3). A wrong
 * redirect_uri does not spend the code: only somebody who holds the client's secret comes this far.
 */
export function redeemCode(
  world: World,
  value: string | undefined,
  redirectUri: string | undefined,
): TokenRecord | TokenRefusal {
  const code = value === undefined ? undefined : world.ledger.codes.get(value);
  if (!code) return refuse("Provided code was invalid");
  if (code.usedAt !== null) {
    if (world.switches.codeReplay === "kills_token") {
      for (const token of world.ledger.tokens.values()) {
        if (token.codes.includes(code.value)) world.ledger.kill(token, "replay");
      }
    }
    return refuse("Provided code was invalid: it has been used");
  }
  if (code.killedAt !== null) return refuse("Provided code was invalid: the authorization was withdrawn");
  if (world.ledger.isExpired(code)) return refuse("Provided code was invalid: it has expired");
  if (!redirectUriFits(world, code, redirectUri)) return refuse("invalid_redirect_uri");
  return issue(world, code);
}

/** Kills a live token, or with it every token of the same person, as the switch `revokeKills` says. */
export function revokeToken(world: World, token: TokenRecord): void {
  const dying =
    world.switches.revokeKills === "grant" ? world.ledger.liveTokensOf(token.authorization.userId) : [token];
  for (const each of dying) world.ledger.kill(each, "revoke");
}

/** The person takes the whole app away: every token and every unspent code of theirs is dead. */
export function uninstall(world: World, userId: string): void {
  for (const token of world.ledger.liveTokensOf(userId)) world.ledger.kill(token, "uninstall");
  for (const code of world.ledger.codes.values()) {
    if (code.authorization.userId === userId && code.usedAt === null) world.ledger.kill(code, "uninstall");
  }
}

/** The person takes one site away from every authorization that names it. One that covers nothing more is dead. */
export function removeSite(world: World, userId: string, siteId: string): void {
  const records = [...world.ledger.tokens.values(), ...world.ledger.codes.values()].filter(
    ({ authorization, killedAt }) =>
      killedAt === null && authorization.userId === userId && authorization.siteIds.includes(siteId),
  );
  for (const authorization of new Set(records.map((record) => record.authorization))) {
    authorization.siteIds = authorization.siteIds.filter((id) => id !== siteId);
  }
  for (const record of records) {
    const { siteIds, workspaceIds } = record.authorization;
    const coversNothing = siteIds.length + workspaceIds.length === 0;
    const isSpentCode = "usedAt" in record && record.usedAt !== null;
    if ((coversNothing || world.switches.siteRemoval === "kills_token") && !isSpentCode) {
      world.ledger.kill(record, "site_removal");
    }
  }
}
