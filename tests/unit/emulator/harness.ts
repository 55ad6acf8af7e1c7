import { afterEach, beforeEach } from "vitest";
import { type EmulatorClient, emulatorClient, type LedgerToken } from "../../emulator/client";
import { type ClientOptions, type Emulator, startEmulator } from "../../emulator/server";

export const app: ClientOptions = {
  id: "client-under-test",
  secret: "secret-under-test",
  name: "Night Shelf",
  homepage: "http://localhost:3000",
  redirectUris: ["http://localhost:3000/api/auth/callback/webflow"],
};

export const redirectUri = "http://localhost:3000/api/auth/callback/webflow";

export const defaultScopes = ["authorized_user:read", "sites:read"];

type Fields = Record<string, string | undefined>;

function compact(fields: Fields): Record<string, string> {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) present[name] = value;
  return present;
}

/** What a test does with its emulator; every method speaks HTTP as an app or a browser would. */
export interface Harness {
  origin: string;
  control: EmulatorClient;
  /** A well-formed authorize link; a field set to undefined is left out. */
  authorizeUrl(change?: Fields): string;
  /** GET without following redirects. */
  visit(url: string, headers?: Record<string, string>): Promise<Response>;
  /** POST of a form without following redirects. */
  submit(path: string, fields: [string, string][], headers?: Record<string, string>): Promise<Response>;
  /** A JSON POST to an OAuth endpoint with the client's credentials; a field set to undefined is left out. */
  exchange(fields: Fields): Promise<Response>;
  revoke(fields: Fields): Promise<Response>;
  /** GET of the Data API with this token. */
  api(path: string, token?: string): Promise<Response>;
  /** A code from an approving person. */
  newCode(choice?: Parameters<EmulatorClient["authorize"]>[1], change?: Fields): Promise<string>;
  /** A token from an approving person. */
  newToken(choice?: Parameters<EmulatorClient["authorize"]>[1]): Promise<string>;
  /** The ledger's entry of this token. */
  ledgerOf(token: string): Promise<LedgerToken>;
}

export function harnessFor(origin: string): Harness {
  const control = emulatorClient(origin);
  const postJson = (path: string, fields: Fields) =>
    fetch(`${origin}${path}`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(compact({ client_id: app.id, client_secret: app.secret, ...fields })),
    });

  const harness: Harness = {
    origin,
    control,
    authorizeUrl: (change = {}) => {
      const query = compact({
        response_type: "code",
        client_id: app.id,
        scope: defaultScopes.join(" "),
        redirect_uri: redirectUri,
        state: "state-1",
        ...change,
      });
      return `${origin}/oauth/authorize?${new URLSearchParams(query)}`;
    },
    visit: (url, headers = {}) => fetch(new URL(url, origin), { redirect: "manual", headers }),
    submit: (path, fields, headers = {}) =>
      fetch(new URL(path, origin), {
        method: "POST",
        redirect: "manual",
        headers,
        body: new URLSearchParams(fields),
      }),
    exchange: (fields) =>
      postJson("/oauth/access_token", {
        grant_type: "authorization_code",
        redirect_uri: redirectUri,
        ...fields,
      }),
    revoke: (fields) => postJson("/oauth/revoke_authorization", fields),
    api: (path, token) =>
      fetch(
        `${origin}/v2${path}`,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
      ),
    newCode: async (choice, change) => {
      const location = await control.authorize(harness.authorizeUrl(change), choice);
      return new URL(location).searchParams.get("code") ?? "";
    },
    newToken: async (choice) => {
      const response = await harness.exchange({ code: await harness.newCode(choice) });
      const answer: { access_token: string } = await response.json();
      return answer.access_token;
    },
    ledgerOf: async (value) => {
      const found = (await control.ledger()).tokens.find((token) => token.value === value);
      if (!found) throw new Error("The ledger does not know this token.");
      return found;
    },
  };
  return harness;
}

/** A fresh emulator on a free port for every test of this file, closed afterwards whatever happened. */
export function freshEmulator(change: Partial<ClientOptions> = {}): () => Harness {
  let emulator: Emulator | undefined;
  let harness: Harness | undefined;
  beforeEach(async () => {
    emulator = await startEmulator({ client: { ...app, ...change } });
    harness = harnessFor(emulator.origin);
  });
  afterEach(() => emulator?.close());
  return () => {
    if (!harness) throw new Error("The emulator has not been started.");
    return harness;
  };
}
