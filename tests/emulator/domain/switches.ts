import { z } from "zod";

/**
 * What nobody outside Webflow knows, as switches: an app must be right in every position. The defaults are what
 * Webflow's documents make likely. Source: the open questions of Webflow's authorization page and its newer docs.
 */
export const switchesSchema = z.strictObject({
  /** Whether the token answer carries `scope`, and what separates the scopes (RFC 6749 5.1 says a space). */
  tokenScope: z.enum(["space", "comma", "none"]).default("space"),
  /** What separates the scopes of introspect: Webflow's OpenAPI description shows both. */
  introspectScope: z.enum(["comma", "space"]).default("comma"),
  /** Whether introspect says who authorized, in `authorizedTo.userIds`. */
  introspectUserIds: z.boolean().default(true),
  /** Whether introspect adds the workspaces of granted sites, and the sites of a granted workspace. */
  introspectImplied: z.boolean().default(false),
  /** A second authorization by the same person: a token beside the first, instead of it, or the first again. */
  secondAuthorization: z.enum(["adds", "replaces", "same_token"]).default("adds"),
  /** What a code that comes twice does to the token it gave (RFC 6749 4.1.2: SHOULD revoke). */
  codeReplay: z.enum(["keeps_token", "kills_token"]).default("keeps_token"),
  /** Whether HTTP Basic is accepted for client authentication, besides the body. */
  basicAuth: z.boolean().default(false),
  /** What a revoke kills: that token, or every token of the same person and app. */
  revokeKills: z.enum(["token", "grant"]).default("token"),
  /** `page`: didRevoke and error_response. `newer`: did_revoke and error_description. */
  revokeStyle: z.enum(["page", "newer"]).default("page"),
  /** Which host serves revoke. `webflow.localhost` plays webflow.com, every other name api.webflow.com. */
  revokeHost: z.enum(["both", "api", "webflow"]).default("both"),
  /** The answer to revoking a token that is dead or was never issued: an error, or a 200 saying true or false. */
  secondRevoke: z.enum(["invalid_token", "true", "false"]).default("invalid_token"),
  /** What happens to a token when the person takes away one of its sites. The last site always ends it. */
  siteRemoval: z.enum(["narrows", "kills_token"]).default("narrows"),
  /** A bad client_id at authorize: a 400 page (newer docs), or `invalid_request` sent to the registered URL (page). */
  badClientId: z.enum(["page", "redirect"]).default("page"),
  /** The app's installation preference: one site only. */
  singleSite: z.boolean().default(false),
  /** API requests a minute and token; Webflow's plans have 60 or 120. */
  rateLimit: z.int().positive().max(1_000_000).default(60),
});

export type Switches = z.infer<typeof switchesSchema>;

export const defaultSwitches: Readonly<Switches> = switchesSchema.parse({});

/** A change of some switches; an unknown name or position is an error. No defaults here: what is absent stays. */
export const switchesChangeSchema = z
  .record(z.string(), z.unknown())
  .transform((change, context): Partial<Switches> => {
    const checked = switchesSchema.safeParse({ ...defaultSwitches, ...change });
    if (!checked.success) {
      context.addIssue({ code: "custom", message: z.prettifyError(checked.error) });
      return z.NEVER;
    }
    return Object.fromEntries(Object.entries(checked.data).filter(([name]) => Object.hasOwn(change, name)));
  });
