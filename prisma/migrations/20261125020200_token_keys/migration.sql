-- Which keys have sealed tokens here, so that a wrong one is noticed before it seals anything.
CREATE TABLE IF NOT EXISTS "TokenKey" (
    "id" VARCHAR(16) NOT NULL,
    "checkValue" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TokenKey_pkey" PRIMARY KEY ("id")
);

-- What Prisma cannot say: finds the tokens of one key (`v1.<key id>.…`), without looking at those of the others.
CREATE INDEX IF NOT EXISTS "Grant_token_key_idx" ON "Grant" (split_part("sealedToken", '.', 2)) WHERE "sealedToken" IS NOT NULL;
