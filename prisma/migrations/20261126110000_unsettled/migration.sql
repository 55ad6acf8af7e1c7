-- Webflow may issue a token again while it is being revoked. The row of that attempt goes, and the new one knows until when no answer
-- about it counts.
ALTER TABLE "Grant" ADD COLUMN IF NOT EXISTS "unsettledUntil" TIMESTAMPTZ(3);
