-- CreateTable
CREATE TABLE IF NOT EXISTS "CredentialsRefusal" (
    "credentials" TEXT NOT NULL,
    "refusedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "probeAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "CredentialsRefusal_pkey" PRIMARY KEY ("credentials")
);

-- CreateIndex
CREATE INDEX IF NOT EXISTS "AuthorizationRequest_userId_idx" ON "AuthorizationRequest"("userId");

-- The Grants that nobody may believe: the sweep looks for them, and hardly ever finds one.
CREATE INDEX IF NOT EXISTS "Grant_unbelieved_idx" ON "Grant"("id") WHERE "state" = 'ACTIVE' AND "checkedAt" IS NULL;
