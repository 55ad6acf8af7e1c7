import { type AuthorizeRequest, errorRedirect, redirectTo } from "./authorize-request";
import { type Authorization, newObjectId } from "./ledger";
import { type Site, sitesOf, type WebflowUser, type Workspace, workspaceNamed, workspacesOf } from "./people";
import type { World } from "./world";

/** What a person decided: some of the scopes, and either sites or one workspace. */
export interface Consent {
  scopes: string[];
  siteIds: string[];
  workspaceId: string | undefined;
}

export class ConsentError extends Error {
  override readonly name = "ConsentError";
}

/** What the consent page has ticked when it opens, so that one click approves. */
export function suggestConsent(request: AuthorizeRequest, user: WebflowUser): Consent {
  const named = workspaceNamed(request.workspace);
  const [firstSite] = sitesOf(user);
  const preselected = named && user.workspaceIds.includes(named.id) ? named.id : undefined;
  if (preselected === undefined && firstSite !== undefined) {
    return { scopes: request.scopes, siteIds: [firstSite.id], workspaceId: undefined };
  }
  return { scopes: request.scopes, siteIds: [], workspaceId: preselected ?? user.workspaceIds[0] };
}

function checkConsent(world: World, request: AuthorizeRequest, user: WebflowUser, consent: Consent): void {
  const own = <T extends Site | Workspace>(list: T[], id: string) => list.some((item) => item.id === id);
  if (consent.scopes.length === 0) throw new ConsentError("Choose at least one permission, or deny.");
  if (!consent.scopes.every((scope) => request.scopes.includes(scope))) {
    throw new ConsentError("Only what the app asked for can be granted.");
  }
  if (consent.workspaceId !== undefined && consent.siteIds.length > 0) {
    throw new ConsentError("Choose sites or one workspace, not both.");
  }
  if (consent.workspaceId === undefined && consent.siteIds.length === 0) {
    throw new ConsentError("Choose at least one site, or a workspace.");
  }
  if (consent.workspaceId !== undefined && !own(workspacesOf(user), consent.workspaceId)) {
    throw new ConsentError("This person has no such workspace.");
  }
  if (!consent.siteIds.every((id) => own(sitesOf(user), id))) {
    throw new ConsentError("This person has no such site.");
  }
  if (world.switches.singleSite && (consent.siteIds.length > 1 || consent.workspaceId !== undefined)) {
    throw new ConsentError("This app can be installed to one site only.");
  }
}

/**
 * Issues a code for what was granted and returns where the browser goes: `REDIRECT?code=…&state=…`.
 * Throws ConsentError when the choice is none that the page offers. Source: Webflow's authorization page, step 2.
 */
export function approve(
  world: World,
  request: AuthorizeRequest,
  user: WebflowUser,
  consent: Consent,
): string {
  checkConsent(world, request, user, consent);
  const authorization: Authorization = {
    id: newObjectId(),
    clientId: world.client.id,
    userId: user.id,
    scopes: request.scopes.filter((scope) => consent.scopes.includes(scope)),
    siteIds: consent.siteIds,
    workspaceIds: consent.workspaceId === undefined ? [] : [consent.workspaceId],
    createdOn: world.clock.iso(),
  };
  const code = world.ledger.issueCode(authorization, request.redirectUriSent ? request.redirectUri : null);
  return redirectTo(request.redirectUri, { code: code.value, state: request.state });
}

/** Where the browser goes when the person says no: `error=access_denied` (Webflow's authorization errors). */
export function deny(request: AuthorizeRequest): string {
  return errorRedirect(
    request.redirectUri,
    "access_denied",
    "User did not complete or allow authorization",
    request.state,
  );
}
