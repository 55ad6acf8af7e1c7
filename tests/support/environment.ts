import { randomBytes } from "node:crypto";

/** Gives this process all that the app's own modules must have configured, with fresh secrets; what matters to a test it says itself. */
export function setEnvironment(own: { DATABASE_URL: string } & Record<string, string>): void {
  Object.assign(process.env, {
    AUTH_URL: "http://localhost:3000",
    AUTH_SECRET: randomBytes(32).toString("hex"),
    TOKEN_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    WEBFLOW_CLIENT_ID: "client-of-this-test",
    WEBFLOW_CLIENT_SECRET: randomBytes(32).toString("hex"),
    ...own,
  });
}
