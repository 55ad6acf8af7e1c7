-- A start of the flow knows its browser by the cookie that NextAuth gave it. One that is under way at the deployment must be made again.
ALTER TABLE "AuthorizationRequest" ADD COLUMN IF NOT EXISTS "cookieHash" TEXT;
