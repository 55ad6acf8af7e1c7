import "server-only";
import { createHash } from "node:crypto";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { log } from "@/lib/log";

/** How long nothing is tried with credentials that Webflow refuses. Mended ones are others, and are tried at once. */
export const probePauseSeconds = 15 * 60;

/** Names the credentials in use without being them: the first 128 bits of their SHA-256, hex. */
export function credentialsName(): string {
  const { WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET } = env();
  const both = JSON.stringify([WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET]);
  return createHash("sha256").update(both).digest("hex").slice(0, 32);
}

/**
 * Webflow answered `invalid_client`: opens the circuit of these credentials, for all instances, and says so once. While it
 * is open revocations wait, and their attempts are not burnt; see `attemptRevocations`.
 *
 * @param probeAfterSeconds when one attempt may find out whether they are still refused
 */
export async function noteCredentialsRefused(probeAfterSeconds: number): Promise<void> {
  const opened = await db().$executeRaw`
    INSERT INTO "CredentialsRefusal" ("credentials", "probeAt")
    VALUES (${credentialsName()}, now() + make_interval(secs => ${probeAfterSeconds}::int)) ON CONFLICT DO NOTHING`;
  if (opened > 0) log.error("credentials_refused", { code: "invalid_client" });
}

/** Webflow took the credentials: closes their circuit. */
export async function noteCredentialsAccepted(): Promise<void> {
  const closed = await db().$executeRaw`
    DELETE FROM "CredentialsRefusal" WHERE "credentials" = ${credentialsName()}`;
  if (closed > 0) log.info("credentials_accepted");
}

/** Whether Webflow's last word on the credentials in use was `invalid_client`: WEBFLOW_CLIENT_ID or _SECRET is wrong. */
export async function areCredentialsRefused(): Promise<boolean> {
  return (await db().credentialsRefusal.count({ where: { credentials: credentialsName() } })) > 0;
}
