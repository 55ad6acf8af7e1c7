import type { LedgerToken, RequestEntry } from "../emulator/client";
import type { Stack } from "../support/stack";

/** A row of Grant, as far as the promises speak of it. */
export interface GrantRow {
  id: string;
  state: "RECEIVED" | "ACTIVE" | "REVOKING" | "REVOKED" | "LOST" | "ABANDONED";
  userId: string | null;
  webflowUserId: string | null;
  sealedToken: string | null;
  fingerprint: string;
  revokeReason: string | null;
  /** Whether somebody will come for it: within ten minutes if unclaimed, within six hours if it is to be revoked. */
  queued: boolean;
  /** Whether the Account of its Webflow user belongs to another User, or to none. */
  misplaced: boolean;
}

/** What is true at one moment, on both sides. */
export interface Facts {
  tokens: LedgerToken[];
  grants: GrantRow[];
  requests: RequestEntry[];
}

/** Reads the ledger of the local Webflow and the Grants of our database. */
export async function readFacts({
  emulator,
  database,
}: Pick<Stack, "emulator" | "database">): Promise<Facts> {
  const [{ tokens }, requests, grants] = await Promise.all([
    emulator.control.ledger(),
    emulator.control.requests(),
    database.query<GrantRow>(
      `SELECT g."id", g."state"::text, g."userId", g."webflowUserId", g."sealedToken", g."fingerprint", g."revokeReason"::text,
         g."nextAttemptAt" <= now() + CASE g."state" WHEN 'RECEIVED' THEN interval '10 minutes' ELSE interval '6 hours 1 minute' END AS "queued",
         g."userId" IS NOT NULL AND a."userId" IS DISTINCT FROM g."userId" AS "misplaced"
       FROM "Grant" g LEFT JOIN "Account" a ON a."provider" = 'webflow' AND a."providerAccountId" = g."webflowUserId"
       ORDER BY g."receivedAt"`,
    ),
  ]);
  return { tokens, grants, requests };
}

/** The rows that stand for this token. Our fingerprint is the first half of the ledger's. */
export function grantsOf({ grants }: Pick<Facts, "grants">, { fingerprint }: LedgerToken): GrantRow[] {
  return grants.filter((grant) => fingerprint.startsWith(grant.fingerprint));
}

/** The token that this row stands for. */
export function tokenOf(
  { tokens }: Pick<Facts, "tokens">,
  grant: Pick<GrantRow, "fingerprint">,
): LedgerToken | undefined {
  return tokens.find(({ fingerprint }) => fingerprint.startsWith(grant.fingerprint));
}
