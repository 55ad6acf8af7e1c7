-- CreateEnum
CREATE TYPE "GrantState" AS ENUM ('RECEIVED', 'ACTIVE', 'REVOKING', 'REVOKED', 'LOST', 'ABANDONED');

-- CreateEnum
CREATE TYPE "RevokeReason" AS ENUM ('DISCONNECTED', 'SUPERSEDED', 'UNCLAIMED', 'REFUSED', 'ACCOUNT_DELETED');

-- CreateEnum
CREATE TYPE "ActivityType" AS ENUM ('CONNECTED', 'RECONNECTED', 'SCOPES_CHANGED', 'SITES_CHANGED', 'DISCONNECTED', 'REVOCATION_CONFIRMED', 'REVOCATION_ABANDONED', 'WITHDRAWN');

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "userId" UUID NOT NULL,
    "type" TEXT NOT NULL DEFAULT 'oauth',
    "provider" TEXT NOT NULL,
    "providerAccountId" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("provider","providerAccountId")
);

-- CreateTable
CREATE TABLE "Session" (
    "tokenHash" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "AuthorizationRequest" (
    "stateHash" TEXT NOT NULL,
    "userId" UUID,
    "scopes" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AuthorizationRequest_pkey" PRIMARY KEY ("stateHash")
);

-- CreateTable
CREATE TABLE "Grant" (
    "id" UUID NOT NULL,
    "state" "GrantState" NOT NULL DEFAULT 'RECEIVED',
    "userId" UUID,
    "webflowUserId" TEXT,
    "authorizationId" TEXT,
    "sealedToken" TEXT,
    "fingerprint" TEXT NOT NULL,
    "requestedScopes" TEXT[],
    "scopes" TEXT[],
    "workspaceIds" TEXT[],
    "siteIds" TEXT[],
    "coverage" TEXT[],
    "sites" JSONB NOT NULL DEFAULT '[]',
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activatedAt" TIMESTAMPTZ(3),
    "checkedAt" TIMESTAMPTZ(3),
    "replacedById" UUID,
    "revokeReason" "RevokeReason",
    "revokingAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "leaseId" UUID,
    "leaseUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Activity" (
    "id" BIGSERIAL NOT NULL,
    "userId" UUID NOT NULL,
    "grantId" UUID,
    "type" "ActivityType" NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Activity_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Session_expires_idx" ON "Session"("expires");

-- CreateIndex
CREATE INDEX "AuthorizationRequest_expiresAt_idx" ON "AuthorizationRequest"("expiresAt");

-- CreateIndex
CREATE INDEX "Grant_userId_idx" ON "Grant"("userId");

-- CreateIndex
CREATE INDEX "Grant_webflowUserId_idx" ON "Grant"("webflowUserId");

-- CreateIndex
CREATE INDEX "Grant_fingerprint_idx" ON "Grant"("fingerprint");

-- CreateIndex
CREATE INDEX "Grant_state_nextAttemptAt_idx" ON "Grant"("state", "nextAttemptAt");

-- CreateIndex
CREATE INDEX "Activity_userId_id_idx" ON "Activity"("userId", "id");

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Activity" ADD CONSTRAINT "Activity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say, and PostgreSQL keeps true whatever the code does:
-- a dead Grant keeps no token, and a Grant that is not dead has one;
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_token_only_while_alive" CHECK (("state" IN ('REVOKED', 'LOST')) = ("sealedToken" IS NULL));
-- an ACTIVE Grant belongs to somebody. Deleting a User therefore fails until its Grants are on their way out.
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_active_has_owner" CHECK ("state" <> 'ACTIVE' OR ("userId" IS NOT NULL AND "webflowUserId" IS NOT NULL));
