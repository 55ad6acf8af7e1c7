import { expect, test, vi } from "vitest";

const stable = "https://app.example.com";
const environment = vi.hoisted(
  (): Record<string, string | undefined> => ({ WEBFLOW_OAUTH_URL: "https://webflow.com" }),
);
vi.mock("@/lib/env", () => ({ env: () => environment, isDevelopment: () => false }));
const { contentSecurityPolicy } = await import("@/lib/content-security-policy");

/** Where a form may lead, by redirects too: a browser stops at any other origin, and says nothing. */
function formAction(): string[] {
  const [, ...origins] = /form-action ([^;]+)/.exec(contentSecurityPolicy("n"))?.[0].split(" ") ?? [];
  return origins;
}

test("G1 Connect may lead through Webflow's other hosts to its consent page, and nowhere else", () => {
  expect(formAction()).toEqual(["'self'", "https://webflow.com", "https://*.webflow.com"]);
});

test("G1 Connect may lead a preview through the stable deployment", () => {
  environment.AUTH_REDIRECT_PROXY_URL = `${stable}/api/auth`;
  expect(formAction()).toContain(stable);
  environment.AUTH_REDIRECT_PROXY_URL = undefined;
});
