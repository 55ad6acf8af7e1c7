-- Sessions are listed and ended one by one (id, userAgent), and end when they are not used (lastSeenAt).
ALTER TABLE "Session"
  ADD COLUMN IF NOT EXISTS "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN IF NOT EXISTS "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD COLUMN IF NOT EXISTS "userAgent" VARCHAR(256);

CREATE UNIQUE INDEX IF NOT EXISTS "Session_id_key" ON "Session"("id");

-- Those that were made before have been idle for nobody knows how long: from here on the limit holds for them too.
UPDATE "Session" SET "expires" = now() + interval '7 days' WHERE "expires" > now() + interval '7 days';
