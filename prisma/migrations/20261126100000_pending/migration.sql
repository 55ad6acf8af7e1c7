-- However many wait for Webflow: what is being asked about for one person, and what nobody claimed, is found without going through
-- all the others. CASE: a statement has to say it in these very words, so that no other one takes such an index for its own.
CREATE INDEX IF NOT EXISTS "Grant_underway_idx" ON "Grant" ("webflowUserId")
  WHERE CASE "state" WHEN 'REVOKING' THEN "leaseId" IS NOT NULL ELSE false END;
CREATE INDEX IF NOT EXISTS "Grant_unclaimed_idx" ON "Grant" ("nextAttemptAt")
  WHERE CASE "state" WHEN 'RECEIVED' THEN true ELSE false END;
