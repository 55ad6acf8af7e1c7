-- A session keeps its row when its token is replaced: whoever signs out with the token that was replaced ends it too.
ALTER TABLE "Session" ADD COLUMN IF NOT EXISTS "replacedTokenHash" TEXT;

CREATE INDEX IF NOT EXISTS "Session_replacedTokenHash_idx" ON "Session"("replacedTokenHash");
