/** @jsxImportSource hono/jsx */
import type { AuthorizeRequest } from "../domain/authorize-request";
import type { Consent } from "../domain/consent";
import { sitesOf, type WebflowUser, workspacesOf } from "../domain/people";
import { describeScope } from "../domain/scopes";
import { UserSwitch } from "./user-switch";

export interface ConsentProps {
  appName: string;
  /** The authorize URL's path and query: both forms come back to it. */
  url: string;
  request: AuthorizeRequest;
  user: WebflowUser;
  /** What is ticked. */
  consent: Consent;
  singleSite: boolean;
  error: string | undefined;
}

function Scopes({ request, consent }: ConsentProps) {
  return (
    <fieldset>
      <legend>It asks to</legend>
      <p class="soft">Untick what you do not want to give.</p>
      {request.scopes.map((scope) => (
        <label class="choice" key={scope}>
          <input type="checkbox" name="scope" value={scope} checked={consent.scopes.includes(scope)} />
          <span>
            {describeScope(scope)} <small class="mono">{scope}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Sites({ user, consent, singleSite }: ConsentProps) {
  const sites = sitesOf(user);
  const names = new Map(workspacesOf(user).map((workspace) => [workspace.id, workspace.displayName]));
  return (
    <fieldset aria-label={singleSite ? "One site" : "Sites"}>
      {sites.length === 0 ? <p class="soft">There is no site in this account.</p> : null}
      {sites.map((site) => (
        <label class="choice" key={site.id}>
          <input
            type={singleSite ? "radio" : "checkbox"}
            name="siteId"
            value={site.id}
            checked={consent.siteIds.includes(site.id)}
          />
          <span>
            {site.displayName} <small>in {names.get(site.workspaceId)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Workspaces({ user, consent }: ConsentProps) {
  const selected = consent.workspaceId ?? user.workspaceIds[0];
  return (
    <fieldset aria-label="Workspace">
      {workspacesOf(user).map((workspace) => (
        <label class="choice" key={workspace.id}>
          <input type="radio" name="workspaceId" value={workspace.id} checked={workspace.id === selected} />
          <span>{workspace.displayName}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Coverage(props: ConsentProps) {
  if (props.singleSite) {
    return (
      <fieldset>
        <legend>Where</legend>
        <p class="soft">This app is installed to one site.</p>
        <input type="hidden" name="coverage" value="sites" />
        <Sites {...props} />
      </fieldset>
    );
  }
  const byWorkspace = props.consent.workspaceId !== undefined;
  return (
    <fieldset>
      <legend>Where</legend>
      <label class="choice">
        <input type="radio" name="coverage" value="sites" checked={!byWorkspace} />
        <span>These sites</span>
      </label>
      <Sites {...props} />
      <label class="choice">
        <input type="radio" name="coverage" value="workspace" checked={byWorkspace} />
        <span>A whole workspace</span>
      </label>
      <Workspaces {...props} />
    </fieldset>
  );
}

/** What a person is asked: who they are, which permissions, which sites or workspace, yes or no. */
export function ConsentPage(props: ConsentProps) {
  return (
    <>
      <h1>{props.appName} wants to use your Webflow account</h1>
      {props.error === undefined ? null : (
        <p class="notice" role="alert">
          {props.error}
        </p>
      )}
      <div class="card">
        <UserSwitch current={props.user} returnTo={props.url} />
        <form method="post" action={props.url}>
          <input type="hidden" name="userId" value={props.user.id} />
          <Scopes {...props} />
          <Coverage {...props} />
          <div class="actions">
            <button class="main" type="submit" name="decision" value="approve">
              Authorize app
            </button>
            <button type="submit" name="decision" value="deny">
              Deny
            </button>
          </div>
        </form>
      </div>
      <p class="soft">
        Either way you go back to <span class="mono">{new URL(props.request.redirectUri).origin}</span>
      </p>
    </>
  );
}
