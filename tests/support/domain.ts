import { randomBytes, randomUUID } from "node:crypto";
import type { ConsentChoice, LedgerToken } from "../emulator/client";
import { createDatabase, type TestDatabase } from "./database";
import { type EmulatorProcess, startEmulatorProcess } from "./emulator";
import { setEnvironment } from "./environment";

/** The modules under test read the environment once, so they are imported after it is set. */
async function importGrants() {
  const modules = await Promise.all([
    import("@/lib/grants/receive"),
    import("@/lib/grants/identify"),
    import("@/lib/grants/activate"),
    import("@/lib/grants/disconnect"),
    import("@/lib/grants/revoke"),
    import("@/lib/grants/unclaimed"),
    import("@/lib/grants/sweep"),
    import("@/lib/grants/check"),
    import("@/lib/grants/credentials"),
    import("@/lib/grants/delete-user"),
    import("@/lib/grants/read"),
    import("@/lib/grants/ready"),
    import("@/lib/grants/prune"),
    import("@/lib/grants/call-webflow"),
    import("@/lib/db"),
  ]);
  const [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = modules;
  return { ...a, ...b, ...c, ...d, ...e, ...f, ...g, ...h, ...i, ...j, ...k, ...l, ...m, ...n, ...o };
}

const appOrigin = "http://localhost:3000";

/** Webflow users that the local Webflow knows: Mira has two workspaces. */
export const mira = "64b7f1a29c0d4e0011cd0001";
export const jonas = "64b7f1a29c0d4e0011cd0002";
export const ines = "64b7f1a29c0d4e0011cd0003";

/** lib/grants on a database and a local Webflow of its own, without the app around it. */
export interface Domain {
  grants: Awaited<ReturnType<typeof importGrants>>;
  database: TestDatabase;
  emulator: EmulatorProcess;
  /** A fresh token, as Webflow issues it for a consent. */
  issueToken(choice?: ConsentChoice): Promise<string>;
  /** A connection of this Webflow user: received, identified, activated. */
  connect(
    choice?: ConsentChoice,
    startedBy?: string | null,
  ): Promise<{ grantId: string; userId: string; joined: boolean; unsettled: number }>;
  stateOf(grantId: string): Promise<string>;
  /** Webflow's truth: every token that it ever issued, oldest first. */
  tokens(): Promise<LedgerToken[]>;
  alive(): Promise<boolean[]>;
  /** How often Webflow was asked at this endpoint. */
  countRequests(endpoint: "revoke" | "introspect" | "sites"): Promise<number>;
  /** Everything as at the start, for the next test. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDomain(): Promise<Domain> {
  const client = { id: "client-of-this-test", secret: randomBytes(32).toString("hex") };
  const database = await createDatabase();
  const emulator = await startEmulatorProcess({ appOrigin, client }).catch(async (error) => {
    await database.drop();
    throw error;
  });
  setEnvironment({
    DATABASE_URL: database.url,
    AUTH_URL: appOrigin,
    WEBFLOW_CLIENT_ID: client.id,
    WEBFLOW_CLIENT_SECRET: client.secret,
    WEBFLOW_OAUTH_URL: emulator.origin,
    WEBFLOW_API_URL: emulator.origin,
  });
  const grants = await importGrants();

  async function issueToken(choice: ConsentChoice = {}): Promise<string> {
    const redirect_uri = `${appOrigin}/api/auth/callback/webflow`;
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client.id,
      redirect_uri,
      scope: "authorized_user:read sites:read",
      state: randomUUID(),
    });
    const callback = await emulator.control.authorize(`${emulator.origin}/oauth/authorize?${query}`, choice);
    const answer = await fetch(`${emulator.origin}/oauth/access_token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        client_id: client.id,
        client_secret: client.secret,
        code: new URL(callback).searchParams.get("code"),
        grant_type: "authorization_code",
        redirect_uri,
      }),
    });
    const { access_token } = await answer.json();
    return access_token;
  }

  const tokens = async () => (await emulator.control.ledger()).tokens;
  return {
    grants,
    database,
    emulator,
    issueToken,
    connect: async (choice = {}, startedBy = null) => {
      const received = await grants.receiveToken(await issueToken(choice), []);
      const grantId = received.id;
      const profile = await grants.identifyGrant(received);
      const { joined, unsettled } = await grants.activateGrant(profile, startedBy);
      const { userId } = await grants.db().grant.findUniqueOrThrow({ where: { id: grantId } });
      return { grantId, userId: userId ?? "", joined, unsettled };
    },
    stateOf: async (id) => (await grants.db().grant.findUniqueOrThrow({ where: { id } })).state,
    tokens,
    alive: async () => (await tokens()).map((token) => token.alive),
    countRequests: async (wanted) =>
      (await emulator.control.requests()).filter(({ endpoint }) => endpoint === wanted).length,
    reset: async () => {
      await emulator.control.reset();
      await database.query(
        `TRUNCATE "User", "Grant", "AuthorizationRequest", "CredentialsRefusal", "RecentRevocation" CASCADE`,
      );
    },
    stop: async () => {
      await grants.db().$disconnect();
      await emulator.stop();
      await database.drop();
    },
  };
}
