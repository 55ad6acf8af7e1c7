import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "./clock";

/** Webflow’s authorization page, step 3: "an unconfirmed authorization_code is only valid for 15 minutes". */
export const CODE_LIFETIME_MS = 15 * 60 * 1000;

/** What one person granted the app once: codes and tokens stand for it. */
export interface Authorization {
  id: string;
  clientId: string;
  userId: string;
  scopes: string[];
  siteIds: string[];
  workspaceIds: string[];
  createdOn: string;
}

export type KilledBy = "revoke" | "uninstall" | "supersede" | "replay" | "site_removal";

export interface CodeRecord {
  value: string;
  authorization: Authorization;
  /** The redirect_uri of the authorize request, null when it sent none. */
  redirectUri: string | null;
  issuedAt: string;
  expiresAt: string;
  usedAt: string | null;
  killedAt: string | null;
  killedBy: KilledBy | null;
}

export interface TokenRecord {
  value: string;
  /** SHA-256 of the token in hex: names it without being it. */
  fingerprint: string;
  authorization: Authorization;
  /** The codes that gave this token: several only when a second authorization returns the same token. */
  codes: string[];
  issuedAt: string;
  lastUsedAt: string | null;
  killedAt: string | null;
  killedBy: KilledBy | null;
}

export function newObjectId(): string {
  return randomBytes(12).toString("hex");
}

export function fingerprintOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

/** Every code and every token that was ever issued. Values are 32 random bytes in hex: canaries to search for. */
export class Ledger {
  readonly codes = new Map<string, CodeRecord>();
  readonly tokens = new Map<string, TokenRecord>();

  constructor(private readonly clock: Clock) {}

  issueCode(authorization: Authorization, redirectUri: string | null): CodeRecord {
    const now = this.clock.now();
    const code: CodeRecord = {
      value: randomBytes(32).toString("hex"),
      authorization,
      redirectUri,
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + CODE_LIFETIME_MS).toISOString(),
      usedAt: null,
      killedAt: null,
      killedBy: null,
    };
    this.codes.set(code.value, code);
    return code;
  }

  isExpired(code: Pick<CodeRecord, "expiresAt">): boolean {
    return this.clock.now() >= Date.parse(code.expiresAt);
  }

  /** Spends the code and issues a token for its authorization. */
  issueToken(code: CodeRecord): TokenRecord {
    code.usedAt = this.clock.iso();
    const value = randomBytes(32).toString("hex");
    const token: TokenRecord = {
      value,
      fingerprint: fingerprintOf(value),
      authorization: code.authorization,
      codes: [code.value],
      issuedAt: this.clock.iso(),
      lastUsedAt: null,
      killedAt: null,
      killedBy: null,
    };
    this.tokens.set(value, token);
    return token;
  }

  /** Spends the code on a token that lives already: it now stands for the newer authorization. */
  reissueToken(code: CodeRecord, token: TokenRecord): TokenRecord {
    code.usedAt = this.clock.iso();
    token.codes.push(code.value);
    token.authorization = code.authorization;
    return token;
  }

  liveToken(value: string): TokenRecord | undefined {
    const token = this.tokens.get(value);
    return token?.killedAt === null ? token : undefined;
  }

  liveTokensOf(userId: string): TokenRecord[] {
    return [...this.tokens.values()].filter(
      (token) => token.killedAt === null && token.authorization.userId === userId,
    );
  }

  kill(record: TokenRecord | CodeRecord, by: KilledBy): void {
    if (record.killedAt !== null) return;
    record.killedAt = this.clock.iso();
    record.killedBy = by;
  }

  reset(): void {
    this.codes.clear();
    this.tokens.clear();
  }
}
