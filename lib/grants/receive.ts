import "server-only";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { queryRows } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client";
import { errorName, log } from "@/lib/log";
import { readOwner } from "@/lib/webflow/authorization";
import { ConnectFailure } from "@/lib/webflow/errors";
import { revokeAuthorization } from "@/lib/webflow/revocation";
import { credentialsName } from "./credentials";
import { assertKeys } from "./keyring";
import { doubtOthers } from "./revocation-outcome";
import { fingerprint, sealToken } from "./vault";

/** A RECEIVED Grant that no sign-in claims is revoked after this long. */
const claimWithinMinutes = 10;

/** How long it is tried again to store a token: a connection that broke, or a failover, may be over by then. */
const storeAgainMs = 2_000;
/** How long the attempts under way are waited for before another joins them: the connection that one got may be a silent one. */
const storeWaitMs = 400;
const storePauseMs = 100;

/** A token that Webflow has just issued, as it was stored. */
export interface ReceivedGrant {
  id: string;
  sealedToken: string;
  requestedScopes: string[];
}

/**
 * Stores a token that Webflow has just issued, sealed, as a RECEIVED Grant: the first thing after the code exchange. If it
 * cannot be stored, nor can two seconds later, it is revoked, because nobody else will ever know of it, and the person's other
 * connections are doubted if they can be by now; if that fails as well, it is stored if it can be by now. What is then still alive
 * is told in the alert `orphan_token`, with its fingerprint.
 *
 * @throws ConnectFailure `database_unavailable`
 */
export async function receiveToken(token: string, requestedScopes: string[]): Promise<ReceivedGrant> {
  const id = randomUUID();
  try {
    return await store(id, token, requestedScopes);
  } catch (cause) {
    const fields = { grantId: id, fingerprint: fingerprint(token), error: errorName(cause) };
    const [stored, webflowUserId] = await Promise.all([
      storeAgain(id, token, requestedScopes),
      readOwner(token, { deadlineMs: storeAgainMs, maxBytes: 64 * 1024 }),
    ]);
    if (stored) return stored;
    const revocation = await revokeAuthorization(token, { deadlineMs: 5_000, maxBytes: 64 * 1024 });
    await doubtOthers({ id, fingerprint: fields.fingerprint, webflowUserId }).catch((error) =>
      log.warn("others_not_doubted", { grantId: id, error: errorName(error) }),
    );
    if (revocation.kind === "dead") {
      log.warn("unstored_token_revoked", fields);
      throw new ConnectFailure("database_unavailable", { cause });
    }
    try {
      return await store(id, token, requestedScopes);
    } catch {
      // Alive, and known to nobody but this line.
      log.error("orphan_token", { ...fields, code: revocation.reason });
      throw new ConnectFailure("database_unavailable", { cause });
    }
  }
}

/** Null when no attempt succeeds in time, however many are under way. One of them may succeed still: the sweep finds its row. */
async function storeAgain(
  id: string,
  token: string,
  requestedScopes: string[],
): Promise<ReceivedGrant | null> {
  const endsAt = performance.now() + storeAgainMs;
  const attempts: Promise<ReceivedGrant>[] = [];
  const firstStored = () => Promise.race([Promise.any(attempts).catch(() => null), pause(storeWaitMs, null)]);
  while (performance.now() < endsAt) {
    await pause(storePauseMs);
    attempts.push(store(id, token, requestedScopes));
    const stored = await firstStored();
    if (stored) return stored;
  }
  // Of a process that was frozen meanwhile the time is over, but an answer may have come.
  return firstStored();
}

/**
 * Twice is once: the first attempt may have been committed although its answer was lost. Webflow took our credentials for this
 * token: what waited because it had refused them (credentials.ts) need not wait any more.
 */
async function store(id: string, token: string, requestedScopes: string[]): Promise<ReceivedGrant> {
  await assertKeys();
  const sealedToken = sealToken(id, token);
  await queryRows(Prisma.sql`
    WITH accepted AS (DELETE FROM "CredentialsRefusal" WHERE "credentials" = ${credentialsName()})
    INSERT INTO "Grant" ("id", "sealedToken", "fingerprint", "requestedScopes", "nextAttemptAt")
    VALUES (${id}::uuid, ${sealedToken}, ${fingerprint(token)}, ${requestedScopes},
            now() + make_interval(mins => ${claimWithinMinutes}::int))
    ON CONFLICT ("id") DO NOTHING`);
  return { id, sealedToken, requestedScopes };
}
