-- A person unlinks a Webflow user: named on a page and in a form by an id of our own.
ALTER TABLE "Account" ADD COLUMN IF NOT EXISTS "id" UUID NOT NULL DEFAULT gen_random_uuid();

CREATE UNIQUE INDEX IF NOT EXISTS "Account_id_key" ON "Account"("id");

ALTER TYPE "ActivityType" ADD VALUE IF NOT EXISTS 'UNLINKED';
