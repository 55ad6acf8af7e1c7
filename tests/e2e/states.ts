import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { BrowserContext } from "@playwright/test";
import type { ActivityType, GrantState, RevokeReason } from "@/lib/generated/prisma/client";
import type { WebflowSite } from "@/lib/webflow/authorization";
import type { TestDatabase } from "../support/database";
import type { Stack } from "../support/stack";

/** One connection as the database holds it; what is left out is ordinary. Times are seconds ago. */
export interface ConnectionState {
  state?: GrantState;
  reason?: RevokeReason;
  person?: { id: string; name: string | null; email: string | null };
  scopes?: string[];
  sites?: Partial<WebflowSite>[];
  workspaceIds?: string[];
  connected?: number;
  checked?: number | null;
  revoking?: number;
  ended?: number;
}

const ada = { id: "64b7f1a29c0d4e0011cd00a1", name: "Ada Marlow", email: "ada@larkandmarlow.example" };

/** Makes a User and signs this browser in as them, without the journey. Answers their id. */
export async function signIn(context: BrowserContext, { app, database }: Stack): Promise<string> {
  const userId = randomUUID();
  const token = randomBytes(32).toString("base64url");
  await database.query(`INSERT INTO "User" ("id") VALUES ($1)`, [userId]);
  await addSession(database, userId, { token });
  await context.addCookies([{ name: "authjs.session-token", value: token, url: app.origin, httpOnly: true }]);
  return userId;
}

/** One more session of this User, in another browser. */
export async function addSession(
  database: TestDatabase,
  userId: string,
  { token = randomUUID(), userAgent = null }: { token?: string; userAgent?: string | null } = {},
): Promise<void> {
  await database.query(
    `INSERT INTO "Session" ("tokenHash", "userId", "expires", "userAgent") VALUES ($1, $2, now() + interval '1 day', $3)`,
    [createHash("sha256").update(token).digest("hex"), userId, userAgent],
  );
}

/** Something that happened to this User, seconds ago. */
export async function addEvent(
  database: TestDatabase,
  userId: string,
  {
    type,
    ago,
    grantId = null,
    detail = {},
  }: { type: ActivityType; ago: number; grantId?: string | null; detail?: object },
): Promise<void> {
  await database.query(
    `INSERT INTO "Activity" ("userId", "type", "grantId", "detail", "at") VALUES ($1, $2, $3, $4, $5)`,
    [userId, type, grantId, JSON.stringify(detail), new Date(Date.now() - ago * 1000)],
  );
}

/** Puts a connection of this User into a state. Its token is none that Webflow knows. Answers its id. */
export async function addConnection(
  database: TestDatabase,
  userId: string,
  {
    state = "ACTIVE",
    reason,
    person = ada,
    scopes = ["authorized_user:read", "sites:read"],
    sites = [site(1, "Lark & Marlow")],
    workspaceIds = [],
    connected = 3 * 86_400,
    checked = 180,
    revoking,
    ended,
  }: ConnectionState = {},
): Promise<string> {
  const id = randomUUID();
  await database.query(
    `INSERT INTO "Account" ("userId", "provider", "providerAccountId", "name", "email") VALUES ($1, 'webflow', $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [userId, person.id, person.name, person.email],
  );
  const ago = (seconds: number | null | undefined) =>
    typeof seconds === "number" ? new Date(Date.now() - seconds * 1000) : null;
  const dead = state === "REVOKED" || state === "LOST";
  await database.query(
    `INSERT INTO "Grant" ("id", "state", "userId", "webflowUserId", "sealedToken", "fingerprint", "requestedScopes", "scopes",
       "siteIds", "sites", "workspaceIds", "coverage", "receivedAt", "activatedAt", "checkedAt", "revokeReason", "revokingAt",
       "endedAt", "nextAttemptAt")
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $8, $11, $11, $12, $13, $14, $15, now() + interval '1 day')`,
    [
      id,
      state,
      userId,
      person.id,
      dead ? null : "sealed for nobody",
      randomUUID(),
      scopes,
      workspaceIds.length > 0 ? [] : sites.map((one) => one.id),
      JSON.stringify(sites),
      workspaceIds,
      ago(connected),
      ago(checked),
      reason ?? (state === "ACTIVE" || state === "LOST" ? null : "DISCONNECTED"),
      ago(revoking),
      ago(ended),
    ],
  );
  return id;
}

/** A site as Webflow lists it; without a name, one that it did not list. */
export function site(number: number, name: string | null): WebflowSite {
  const shortName = name?.toLowerCase().replace(/[^a-z]+/g, "-") ?? null;
  return {
    id: `65c3d4e5a1b2c30013ef${number.toString(16).padStart(4, "0")}`,
    name,
    workspaceId: "64a1c0de5f3b2a0012ab00a1",
    shortName,
    previewUrl: name && `https://screenshots.example/${shortName}.png`,
  };
}

const longName = "Wolfeschlegelsteinhausenbergerdorff-Pereira da Conceição e Albuquerque de Montenegro";
const days = (count: number) => count * 86_400;

/** Every state a connection can be in, and the oddest content that Webflow allows. */
export const everyState = {
  active: {
    scopes: [
      "authorized_user:read",
      "sites:read",
      "cms:read",
      "cms:write",
      "custom_code:write",
      "app_subscriptions:read",
      "robots:manage",
    ],
    sites: [
      site(1, "Lark & Marlow"),
      site(2, "Journal of Small Harbours"),
      site(3, "متجر الكتب القديمة"),
      site(4, null),
      site(5, "Spring lookbook"),
      site(6, "Archive"),
      site(7, "Archive of the archive"),
    ],
  },
  limited: {
    person: { id: "64b7f1a29c0d4e0011cd00a2", name: null, email: "studio@saltmarsh.example" },
    scopes: ["authorized_user:read"],
    sites: [site(8, null)],
    connected: days(40),
    checked: 40,
  },
  "limited to nothing": {
    person: { id: "64b7f1a29c0d4e0011cd00a3", name: null, email: null },
    scopes: [],
    sites: [],
    workspaceIds: ["64a1c0de5f3b2a0012ab00a1"],
  },
  checking: {
    person: { id: "64b7f1a29c0d4e0011cd00a9", name: "Priya Raman", email: "priya@raman.example" },
    checked: null,
  },
  "long names": {
    person: {
      id: "64b7f1a29c0d4e0011cd00a4",
      name: longName,
      email: `${"a-very-long-local-part.".repeat(4)}of@a-subdomain-that-does-not-end.${"harbour".repeat(8)}.example`,
    },
    workspaceIds: ["64a1c0de5f3b2a0012ab00a1"],
    sites: [site(9, longName), site(10, "x".repeat(120))],
  },
  withdrawn: {
    state: "LOST",
    person: { id: "64b7f1a29c0d4e0011cd00a5", name: "مریم صالحی", email: "maryam@ketab.example" },
    ended: days(2),
  },
  disconnecting: {
    state: "REVOKING",
    person: { id: "64b7f1a29c0d4e0011cd00a6", name: "Jonas Lindqvist", email: "jonas@northlight.example" },
    revoking: 20,
  },
  disconnected: {
    state: "REVOKED",
    person: { id: "64b7f1a29c0d4e0011cd00a7", name: "Inês Duarte", email: "hello@duartebooks.example" },
    revoking: 7200,
    ended: 7190,
  },
  abandoned: {
    state: "ABANDONED",
    person: { id: "64b7f1a29c0d4e0011cd00a8", name: "Tomás Duarte", email: "hello@duartebooks.example" },
    revoking: days(31),
    ended: days(1),
  },
} satisfies Record<string, ConnectionState>;

/** Some days of everything that can happen, oldest first. */
export async function addHistory(database: TestDatabase, userId: string, grantId: string): Promise<void> {
  const about = { grantId };
  for (const event of [
    { type: "SIGNED_IN", ago: days(9) },
    { type: "CONNECTED", ago: days(9), ...about, detail: { scopes: ["sites:read"] } },
    { type: "CHECKED", ago: days(4), ...about },
    {
      type: "SITES_CHANGED",
      ago: days(3),
      ...about,
      detail: { added: ["Spring lookbook"], removed: ["متجر الكتب"] },
    },
    {
      type: "SCOPES_CHANGED",
      ago: days(3),
      ...about,
      detail: { added: ["cms:write"], removed: ["robots:manage"] },
    },
    { type: "WITHDRAWN", ago: days(2), ...about },
    { type: "SIGNED_OUT", ago: days(2), detail: { elsewhere: true } },
    { type: "RECONNECTED", ago: days(1) + 7200, ...about },
    { type: "DISCONNECTED", ago: days(1) + 600, ...about },
    { type: "REVOCATION_CONFIRMED", ago: days(1), ...about },
    { type: "REVOCATION_ABANDONED", ago: 5000, grantId: null },
    {
      type: "UNLINKED",
      ago: 4500,
      detail: { webflowUser: { id: "64b7f1a29c0d4e0011cd00a9", name: "Noor Haddad", email: null } },
    },
    { type: "SIGNED_OUT", ago: 4000 },
    { type: "SIGNED_IN", ago: 180 },
  ] as const) {
    await addEvent(database, userId, event);
  }
}

/** What browsers call themselves. */
export const userAgents = {
  firefoxOnWindows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0",
  safariOnIphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
  chromeOnMac:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36",
};
