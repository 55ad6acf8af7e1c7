-- A revocation may take a person's other tokens along, also one that is being signed in with, of which nothing is known yet; and the row
-- that was revoked may be gone a moment later, with the account.
CREATE TABLE IF NOT EXISTS "RecentRevocation" (
    "person" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RecentRevocation_pkey" PRIMARY KEY ("person")
);
CREATE INDEX IF NOT EXISTS "RecentRevocation_at_idx" ON "RecentRevocation"("at");
