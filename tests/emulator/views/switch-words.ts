import type { Switches } from "../domain/switches";

/** The switches in words, for the control page: what is not known, and what each position means. */
export const switchWords: { [Name in keyof Switches]: { label: string; hint: string } } = {
  tokenScope: { label: "Scopes in the token answer", hint: "Separated by a space or a comma, or left out" },
  introspectScope: { label: "Scopes in introspect", hint: "What separates them" },
  introspectUserIds: { label: "Introspect names the user", hint: "authorizedTo.userIds is there" },
  introspectImplied: {
    label: "Introspect names what is implied",
    hint: "Workspaces of granted sites, and back",
  },
  secondAuthorization: {
    label: "Authorizing again",
    hint: "A token beside the first, instead of it, or the same",
  },
  codeReplay: { label: "A code that comes twice", hint: "What happens to the token it gave" },
  basicAuth: { label: "HTTP Basic accepted", hint: "Besides client_secret in the body" },
  revokeKills: { label: "Revoke kills", hint: "One token, or all of that person and app" },
  revokeStyle: { label: "Revoke answers in the style of", hint: "page: didRevoke. newer: did_revoke" },
  revokeHost: { label: "Revoke is served by", hint: "webflow is http://webflow.localhost here" },
  secondRevoke: { label: "Revoking a dead token", hint: "An error, or 200 with true or false" },
  siteRemoval: { label: "Taking one site away", hint: "The last site always ends the token" },
  badClientId: {
    label: "A bad client_id at authorize",
    hint: "A 400 page, or a redirect with invalid_request",
  },
  singleSite: { label: "Single-site app", hint: "The person can choose one site only" },
  rateLimit: { label: "API requests a minute", hint: "Per token: 60 or 120 by plan" },
};
