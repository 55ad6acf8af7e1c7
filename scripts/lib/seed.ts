// Run by `npm run db:seed` with the app's environment: people, connections and history, for looking at pages. Connections
// that live hold tokens that the local Webflow really issued; the ended ones are only rows.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import type { ActivityType, GrantState } from "@/lib/generated/prisma/client";
import { activateGrant } from "@/lib/grants/activate";
import { deleteUser } from "@/lib/grants/delete-user";
import { identifyGrant } from "@/lib/grants/identify";
import { receiveToken } from "@/lib/grants/receive";
import { fingerprint, sealToken } from "@/lib/grants/vault";
import { type ConsentChoice, type EmulatedUser, emulatorClient } from "../../tests/emulator/client";

const webflow = emulatorClient(env().WEBFLOW_API_URL);
const day = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * day);
const allScopes = ["authorized_user:read", "sites:read"];

/** A token as the local Webflow issues it to who consents. */
async function issueToken(choice: ConsentChoice, scopes: string[]): Promise<string> {
  const { AUTH_URL, WEBFLOW_CLIENT_ID, WEBFLOW_CLIENT_SECRET, WEBFLOW_API_URL } = env();
  const redirect_uri = `${AUTH_URL}/api/auth/callback/webflow`;
  const query = new URLSearchParams({
    response_type: "code",
    client_id: WEBFLOW_CLIENT_ID,
    scope: scopes.join(" "),
    redirect_uri,
    state: randomUUID(),
  });
  const callback = new URL(await webflow.authorize(`${WEBFLOW_API_URL}/oauth/authorize?${query}`, choice));
  const answer = await fetch(`${WEBFLOW_API_URL}/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_id: WEBFLOW_CLIENT_ID,
      client_secret: WEBFLOW_CLIENT_SECRET,
      code: callback.searchParams.get("code"),
      grant_type: "authorization_code",
      redirect_uri,
    }),
    signal: AbortSignal.timeout(10_000),
  });
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}

/** A connection that lives, made as the app makes it. */
async function connect(userId: string | null, choice: ConsentChoice, scopes = allScopes): Promise<void> {
  const grantId = await receiveToken(await issueToken(choice, scopes), scopes);
  await activateGrant(await identifyGrant(grantId), userId);
}

interface Ended {
  state: Exclude<GrantState, "RECEIVED" | "ACTIVE">;
  site: string;
  /** Days ago. */
  connected: number;
  ended: number;
}

/** A connection that has ended, or is about to. A token that is still sealed is one that the local Webflow issued. */
async function addEnded(
  userId: string,
  person: EmulatedUser,
  { state, site, connected, ended }: Ended,
): Promise<void> {
  const id = randomUUID();
  const dead = state === "REVOKED" || state === "LOST";
  const token = dead ? randomUUID() : await issueToken({ userId: person.id }, allScopes);
  // A site of a workspace that nobody can grant again, so that a sign-in does not replace it.
  const siteId = randomUUID().replaceAll("-", "").slice(0, 24);
  await db().grant.create({
    data: {
      id,
      state,
      userId,
      webflowUserId: person.id,
      sealedToken: dead ? null : sealToken(id, token),
      fingerprint: fingerprint(token),
      requestedScopes: allScopes,
      scopes: allScopes,
      workspaceIds: [],
      siteIds: [siteId],
      coverage: [siteId],
      sites: [{ id: siteId, name: site, workspaceId: null, shortName: null, previewUrl: null }],
      receivedAt: ago(connected),
      activatedAt: ago(connected),
      checkedAt: ago(ended),
      revokeReason: state === "LOST" ? null : "DISCONNECTED",
      revokingAt: state === "LOST" ? null : ago(state === "ABANDONED" ? 31 : ended),
      endedAt: state === "REVOKING" ? null : ago(ended),
      // A revocation that waits: Webflow was asked in vain, and is not asked again for a while.
      attempts: state === "REVOKING" ? 8 : 0,
      nextAttemptAt: new Date(Date.now() + day / 4),
    },
  });
}

/** What happened, oldest first: [days ago, what, details]. */
type History = readonly (readonly [number, ActivityType, Record<string, string[]>?])[];

async function addHistory(userId: string, history: History): Promise<void> {
  for (const [days, type, detail = {}] of history) {
    await db().activity.create({ data: { userId, type, detail, at: ago(days) } });
  }
}

/** A person who has been here before: their User and Account, with nothing connected yet. */
async function addPerson(person: EmulatedUser): Promise<string> {
  const known = await db().account.findFirst({
    where: { provider: "webflow", providerAccountId: person.id },
  });
  // Seeded before, or used by hand: starts again. What lives is revoked.
  if (known) await deleteUser(known.userId);
  const { id } = await db().user.create({ data: {} });
  const name = [person.firstName, person.lastName].filter(Boolean).join(" ") || null;
  await db().account.create({
    data: { userId: id, provider: "webflow", providerAccountId: person.id, name, email: person.email },
  });
  return id;
}

const longStory: History = [
  [94, "CONNECTED", { scopes: allScopes }],
  [94, "SIGNED_IN"],
  [71, "SITES_CHANGED", { added: ["Quay Notes"], removed: [] }],
  [60, "SIGNED_IN"],
  [60, "RECONNECTED", { scopes: [...allScopes, "cms:read"] }],
  [45, "SCOPES_CHANGED", { added: [], removed: ["cms:read"] }],
  [33, "DISCONNECTED"],
  [32, "CHECKED"],
  [9, "WITHDRAWN"],
  [3, "REVOCATION_ABANDONED"],
  [0.6, "DISCONNECTED"],
  [0.6, "REVOCATION_CONFIRMED"],
  [0.1, "DISCONNECTED"],
];

const [mira, jonas, ines, tomas, studio, priya] = await webflow.users();
if (!mira || !jonas || !ines || !tomas || !studio || !priya)
  throw new Error("the local Webflow has six people");

// Mira has seen it all; who signs in as her and allows a site of Harbour & Pine sees every state at once.
const miraId = await addPerson(mira);
await addHistory(miraId, longStory);
await addEnded(miraId, mira, { state: "ABANDONED", site: "Old Pier Café", connected: 94, ended: 3 });
await addEnded(miraId, mira, { state: "LOST", site: "Quay Notes", connected: 60, ended: 9 });
await addEnded(miraId, mira, { state: "REVOKED", site: "Tide Table", connected: 20, ended: 0.6 });
await addEnded(miraId, mira, { state: "REVOKING", site: "Lantern Walk", connected: 12, ended: 0.1 });
await connect(miraId, {
  userId: mira.id,
  siteIds: ["65c3d4e5a1b2c30013ef0003"],
  scopes: ["authorized_user:read"],
});

const jonasId = await addPerson(jonas);
await addHistory(jonasId, [
  [12, "CONNECTED", { scopes: allScopes }],
  [12, "SIGNED_IN"],
  [2, "CHECKED"],
]);
await connect(jonasId, { userId: jonas.id, workspaceId: jonas.workspaceIds[0] }, [...allScopes, "cms:read"]);

await connect(await addPerson(ines), { userId: ines.id });
await connect(await addPerson(tomas), { userId: tomas.id });
await connect(await addPerson(studio), { userId: studio.id }, [...allScopes, "app_subscriptions:read"]);

const priyaId = await addPerson(priya);
await addHistory(priyaId, [
  [40, "CONNECTED", { scopes: allScopes }],
  [5, "DISCONNECTED"],
  [5, "REVOCATION_CONFIRMED"],
]);

await db().$disconnect();
