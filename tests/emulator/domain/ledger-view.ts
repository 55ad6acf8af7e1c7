import { type Authorization, type CodeRecord, fingerprintOf, type KilledBy } from "./ledger";
import type { World } from "./world";

/** A code as the control API tells it. */
export interface LedgerCode {
  value: string;
  fingerprint: string;
  authorizationId: string;
  clientId: string;
  userId: string;
  scopes: string[];
  siteIds: string[];
  workspaceIds: string[];
  redirectUri: string | null;
  issuedAt: string;
  expiresAt: string;
  usedAt: string | null;
  state: "alive" | "used" | "expired" | "dead";
  killedAt: string | null;
  killedBy: KilledBy | null;
}

/** A token as the control API tells it. */
export interface LedgerToken {
  value: string;
  /** SHA-256 in hex. */
  fingerprint: string;
  authorizationId: string;
  clientId: string;
  userId: string;
  scopes: string[];
  siteIds: string[];
  workspaceIds: string[];
  codes: string[];
  issuedAt: string;
  lastUsedAt: string | null;
  alive: boolean;
  killedAt: string | null;
  killedBy: KilledBy | null;
}

export interface LedgerView {
  codes: LedgerCode[];
  tokens: LedgerToken[];
}

function stateOf(world: World, code: Omit<CodeRecord, "authorization">): LedgerCode["state"] {
  if (code.killedAt !== null) return "dead";
  if (code.usedAt !== null) return "used";
  return world.ledger.isExpired(code) ? "expired" : "alive";
}

function granted({ id, clientId, userId, scopes, siteIds, workspaceIds }: Authorization) {
  return { authorizationId: id, clientId, userId, scopes, siteIds, workspaceIds };
}

/** Every code and token ever issued, oldest first, with what became of it. */
export function viewLedger(world: World): LedgerView {
  return {
    codes: [...world.ledger.codes.values()].map(({ authorization, ...code }) => ({
      ...code,
      ...granted(authorization),
      fingerprint: fingerprintOf(code.value),
      state: stateOf(world, code),
    })),
    tokens: [...world.ledger.tokens.values()].map(({ authorization, ...token }) => ({
      ...token,
      ...granted(authorization),
      alive: token.killedAt === null,
    })),
  };
}
