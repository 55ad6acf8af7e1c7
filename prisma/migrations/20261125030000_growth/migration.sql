-- What Prisma cannot say: indexes of only the few Grants that somebody looks for, however many there are beside them.
-- What waits to be given up or revoked.
CREATE INDEX IF NOT EXISTS "Grant_due_idx" ON "Grant" ("nextAttemptAt") WHERE "state" IN ('RECEIVED', 'REVOKING');
DROP INDEX IF EXISTS "Grant_state_nextAttemptAt_idx";
-- What a Grant has replaced.
CREATE INDEX IF NOT EXISTS "Grant_replacedById_idx" ON "Grant" ("replacedById") WHERE "replacedById" IS NOT NULL;
-- What is proven dead, by age: the sweep forgets it after a year.
CREATE INDEX IF NOT EXISTS "Grant_ended_idx" ON "Grant" ("endedAt") WHERE "state" IN ('REVOKED', 'LOST');
