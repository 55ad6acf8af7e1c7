import { createHash, timingSafeEqual } from "node:crypto";
import { newObjectId } from "./ledger";
import { knownScopes } from "./scopes";

/** The app as its developer would register it in Webflow's dashboard (authorization page, step 1). */
export interface ClientOptions {
  id: string;
  secret: string;
  /** Shown on the consent page. */
  name: string;
  description?: string;
  homepage?: string;
  /** Compared exactly, slash and port included. The first is used where the authorize request names none. */
  redirectUris: string[];
  /** What the app may ask for; every known scope unless told. */
  scopes?: string[];
  /** What the Marketplace's Install button opens; unless told, the authorize link without a state. */
  installUrl?: string;
  /** The scopes of that authorize link: reading the user and the sites, unless told. */
  installScopes?: string[];
}

export interface RegisteredClient {
  id: string;
  secret: string;
  name: string;
  description: string;
  homepage: string;
  redirectUris: readonly string[];
  scopes: readonly string[];
  installUrl: string | null;
  installScopes: readonly string[];
  /** The id that introspect gives the application. */
  applicationId: string;
}

/** Throws a TypeError naming what is missing: a client needs an id, a secret and at least one redirect URI. */
export function registerClient(options: ClientOptions): RegisteredClient {
  if (options.id === "" || options.secret === "") throw new TypeError("The client needs an id and a secret.");
  if (options.redirectUris.length === 0) throw new TypeError("The client needs at least one redirect URI.");
  return {
    id: options.id,
    secret: options.secret,
    name: options.name,
    description: options.description ?? `${options.name}, registered at the local Webflow`,
    homepage: options.homepage ?? new URL("/", options.redirectUris[0]).href,
    redirectUris: options.redirectUris,
    scopes: options.scopes ?? Object.keys(knownScopes),
    installUrl: options.installUrl ?? null,
    installScopes: options.installScopes ?? ["authorized_user:read", "sites:read"],
    applicationId: newObjectId(),
  };
}

function sameSecret(left: string, right: string): boolean {
  const digest = (value: string) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(left), digest(right));
}

export function isClient(
  client: RegisteredClient,
  id: string | undefined,
  secret: string | undefined,
): boolean {
  return id === client.id && secret !== undefined && sameSecret(secret, client.secret);
}
