import { randomBytes } from "node:crypto";
import { test as base, expect } from "@playwright/test";
import { encode } from "next-auth/jwt";
import { freePort } from "../../scripts/lib/ports.mjs";
import { type AppProcess, startApp } from "../support/app";
import { createDatabase, type TestDatabase } from "../support/database";
import { type Stack, startStack } from "../support/stack";
import { connect, startConnecting } from "./journeys";

const previewSecret = randomBytes(32).toString("hex");

interface Deployments {
  production: Stack;
  preview: AppProcess;
  /** The preview's own. */
  database: TestDatabase;
}

/** A stable deployment whose callback Webflow knows, and a preview of it with a database of its own. */
const test = base.extend<object, { deployments: Deployments }>({
  deployments: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures it needs from this pattern
    async ({}, use) => {
      const port = await freePort();
      const origin = `http://localhost:${port}`;
      const production = await startStack({
        environment: {
          PREVIEW_ORIGINS: `${origin} https://app-*-team.vercel.app`,
          PREVIEW_AUTH_SECRET: previewSecret,
        },
      });
      const database = await createDatabase();
      try {
        const preview = await startApp(port, {
          ...production.environment,
          PREVIEW_ORIGINS: "",
          PREVIEW_AUTH_SECRET: "",
          AUTH_URL: origin,
          AUTH_SECRET: previewSecret,
          AUTH_REDIRECT_PROXY_URL: `${production.app.origin}/api/auth`,
          TOKEN_KEYS: `k1:${randomBytes(32).toString("base64")}`,
          DATABASE_URL: database.url,
        });
        try {
          await use({ production, preview, database });
        } finally {
          await preview.stop();
        }
      } finally {
        await database.drop();
        await production.stop();
      }
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ deployments }, use) => use(deployments.preview.origin),
});

async function countRows({ database }: Stack): Promise<number> {
  const [counted] = await database.query<{ rows: string }>(
    `SELECT (SELECT count(*) FROM "User") + (SELECT count(*) FROM "Grant") + (SELECT count(*) FROM "Session")
          + (SELECT count(*) FROM "AuthorizationRequest") AS rows`,
  );
  return Number(counted?.rows);
}

test.describe("a preview deployment", () => {
  test.describe.configure({ mode: "serial" });

  test("connects through the stable deployment's redirect URL, and leaves no trace in its database", async ({
    page,
    deployments: { production, preview, database },
  }) => {
    await connect(page, production.emulator.control);
    expect(page.url()).toBe(`${preview.origin}/dashboard`);
    await expect(page.getByRole("article")).toContainText("Mira Okafor");
    const exchanges = (await production.emulator.control.requests()).filter(
      ({ endpoint }) => endpoint === "token",
    );
    expect(exchanges).toHaveLength(1);
    expect(JSON.stringify(exchanges)).toContain(
      encodeURIComponent(`${production.app.origin}/api/auth/callback/webflow`),
    );
    expect(await database.count("Grant")).toBe(1);
    expect(await countRows(production)).toBe(0);
  });

  test("says itself that access was denied", async ({ page, deployments: { production, preview } }) => {
    const authorizeUrl = await startConnecting(page);
    await page.goto(await production.emulator.control.deny(authorizeUrl));
    expect(new URL(page.url()).origin).toBe(preview.origin);
    await expect(page.getByRole("alert").filter({ hasText: "You did not allow access" })).toBeVisible();
  });

  test("cannot be made up: nobody is sent to an address that its secret did not seal and the list does not name", async ({
    request,
    deployments: { production },
  }) => {
    const callback = "/api/auth/callback/webflow";
    const seal = (origin: string, secret = previewSecret, maxAge = 900) =>
      encode({ token: { origin, random: "x" }, secret, salt: "encodedState", maxAge });
    const locationFor = async (state: string) => {
      const answer = await request.get(`${production.app.origin}${callback}?code=c&state=${state}`, {
        maxRedirects: 0,
      });
      return answer.headers().location ?? "";
    };
    const good = `https://app-git-a-team.vercel.app${callback}`;
    expect(await locationFor(await seal(good))).toMatch(
      /^https:\/\/app-git-a-team\.vercel\.app\/api\/auth\/callback/,
    );

    const refused = [
      await seal(good, randomBytes(32).toString("hex")),
      await seal(good, previewSecret, -60),
      await seal(`https://evil.example${callback}`),
      await seal(`https://app-a.evil.example/-team.vercel.app${callback}`),
      await seal(`https://app-a.b-team.vercel.app${callback}`),
      await seal(`https://app--team.vercel.app.evil.example${callback}`),
      await seal(`https://app-a-team.vercel.app@evil.example${callback}`),
      await seal("https://app-a-team.vercel.app/elsewhere"),
      await seal("javascript:alert(1)"),
      "nonsense",
    ];
    for (const state of refused) {
      const location = await locationFor(state);
      expect(new URL(location, production.app.origin).origin).toBe(production.app.origin);
    }
  });
});
