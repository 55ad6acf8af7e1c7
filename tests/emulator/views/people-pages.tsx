/** @jsxImportSource hono/jsx */
import type { RegisteredClient } from "../domain/client";
import type { Authorization } from "../domain/ledger";
import { sites, type WebflowUser, workspaces } from "../domain/people";
import { describeScope } from "../domain/scopes";
import { UserSwitch } from "./user-switch";

export function HomePage({ client }: { client: RegisteredClient }) {
  const pages = [
    ["/marketplace", "Marketplace", "Install the app the way its users will, without a state"],
    ["/connected-apps", "Connected apps", "Uninstall the app, or take one site away from it"],
    ["/_control", "Control", "Take Webflow down and up, flip its unknowns, watch every token"],
  ] as const;
  return (
    <>
      <h1>A Webflow of your own</h1>
      <p>
        It plays webflow.com and api.webflow.com for <strong>{client.name}</strong>, with people and sites
        that do not exist. Start at{" "}
        <a href={client.homepage} rel="noreferrer">
          the app
        </a>
        , or here:
      </p>
      <div class="card">
        <ul class="plain">
          {pages.map(([href, name, hint]) => (
            <li key={href}>
              <h2>
                <a href={href}>{name}</a>
              </h2>
              <p class="soft">{hint}</p>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

export function MarketplacePage({ client, installUrl }: { client: RegisteredClient; installUrl: string }) {
  return (
    <>
      <h1>Marketplace</h1>
      <article class="card">
        <h2>{client.name}</h2>
        <p>{client.description}</p>
        <div class="actions">
          <a class="button main" href={installUrl}>
            Install
          </a>
        </div>
      </article>
      <p class="soft">Like the real Marketplace, Install opens a fixed link: no state, whoever clicks it.</p>
    </>
  );
}

function Coverage({ authorization }: { authorization: Authorization }) {
  return (
    <ul class="plain">
      {workspaces
        .filter((workspace) => authorization.workspaceIds.includes(workspace.id))
        .map((workspace) => (
          <li key={workspace.id}>Workspace: {workspace.displayName}</li>
        ))}
      {sites
        .filter((site) => authorization.siteIds.includes(site.id))
        .map((site) => (
          <li class="row spread" key={site.id}>
            <span>{site.displayName}</span>
            <form method="post" action="/connected-apps/remove-site">
              <input type="hidden" name="siteId" value={site.id} />
              <button class="small" type="submit" aria-label={`Remove ${site.displayName}`}>
                Remove
              </button>
            </form>
          </li>
        ))}
    </ul>
  );
}

export interface ConnectedAppsProps {
  client: RegisteredClient;
  user: WebflowUser;
  authorizations: Authorization[];
}

export function ConnectedAppsPage({ client, user, authorizations }: ConnectedAppsProps) {
  return (
    <>
      <h1>Connected apps</h1>
      <div class="card">
        <UserSwitch current={user} returnTo="/connected-apps" />
      </div>
      {authorizations.length === 0 ? (
        <p role="status">No app is connected to this account.</p>
      ) : (
        <article class="card">
          <h2>{client.name}</h2>
          {authorizations.map((authorization) => (
            <section key={authorization.id}>
              <p class="soft">
                Since {authorization.createdOn.slice(0, 16).replace("T", " ")}. May:{" "}
                {authorization.scopes.map(describeScope).join("; ")}
              </p>
              <Coverage authorization={authorization} />
            </section>
          ))}
          <form method="post" action="/connected-apps/uninstall" class="actions">
            <button type="submit" aria-label={`Uninstall ${client.name}`}>
              Uninstall
            </button>
          </form>
        </article>
      )}
    </>
  );
}
