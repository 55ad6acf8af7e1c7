import "server-only";
import { z } from "zod";
import { env } from "@/lib/env";
import { askWebflow, defaultLimits, type Limits, type Reply, readJsonObject } from "./http";
import { isStorable, text } from "./text";

/** A site as far as this app shows it. */
export interface WebflowSite {
  id: string;
  name: string | null;
  workspaceId: string | null;
  shortName: string | null;
  previewUrl: string | null;
}

/** A Webflow user. `name` and `email` are null when Webflow did not say, or was not allowed to. */
export interface WebflowUser {
  id: string;
  name: string | null;
  email: string | null;
}

/** What Webflow says of a token: whose it is, what it may do, and where. */
export interface Authorization {
  id: string | null;
  /** Null when Webflow did not say. */
  scopes: string[] | null;
  /** Both null when Webflow said neither; one without the other is empty. */
  siteIds: string[] | null;
  workspaceIds: string[] | null;
  /** Null when Webflow did not say whose token it is. */
  user: WebflowUser | null;
  /** Null when they could not be listed (no sites:read, or no answer). */
  sites: WebflowSite[] | null;
}

/** `dead` is proof: introspect itself refused the token. `unclear` is everything that proves nothing. */
export type AuthorizationAnswer =
  | { kind: "alive"; authorization: Authorization }
  | { kind: "dead" }
  | { kind: "unclear"; status: number | null };

const id = z.string().regex(/^[\w-]{1,64}$/);
/** May be missing, but not be of another type: then the answer is not Webflow's. */
const ids = z
  .array(z.unknown())
  .nullish()
  .transform((list) => list?.flatMap((value) => id.safeParse(value).data ?? []) ?? null);

/** Webflow's own documents disagree on the delimiter. */
const scopeList = z
  .union([z.string(), z.array(z.string()).transform((list) => list.join(" "))])
  .transform((value) => [...new Set(value.split(/[\s,]+/).filter((scope) => /^[\w:.-]{1,64}$/.test(scope)))]);

const introspection = z.object({
  authorization: z.object({
    id: id.nullish().catch(null),
    scope: scopeList.nullish(),
    authorizedTo: z.object({ siteIds: ids, workspaceIds: ids, userIds: ids }).prefault({}),
  }),
});

const authorizedUser = z.object({ id, email: text, firstName: text, lastName: text });

/** A preview link is shown as a link, so it must be one: https, nothing else, and no name that looks like a host before the host. */
const link = z
  .string()
  .max(2048)
  .refine((value) => isStorable(value) && isLink(value))
  .nullish()
  .catch(null);

const site = z.object({
  id,
  workspaceId: id.nullish().catch(null),
  displayName: text,
  shortName: text,
  previewUrl: link,
});

/** One odd site hides itself, not the others. */
const siteList = z.object({
  sites: z.array(z.unknown()).transform((list) => list.flatMap((value) => site.safeParse(value).data ?? [])),
});

function isLink(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === "https:" && !url.username && !url.password;
}

function get(path: string, token: string, limits: Limits = defaultLimits): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  return askWebflow(new URL(path, env().WEBFLOW_API_URL), { headers }, limits);
}

/**
 * Asks whether a token lives: GET /v2/token/introspect. Only a 401 in Webflow's own form says `dead`; 403, 429, 5xx, HTML,
 * silence and an answer without an authorization prove nothing.
 */
export async function introspect(
  token: string,
  limits?: Limits,
): Promise<
  | { kind: "alive"; introspection: z.infer<typeof introspection>["authorization"] }
  | Exclude<AuthorizationAnswer, { kind: "alive" }>
> {
  const response = await get("/v2/token/introspect", token, limits).catch(() => null);
  if (!response) return { kind: "unclear", status: null };
  const body = await readJsonObject(response);
  if (response.status === 401 && body) return { kind: "dead" };
  const parsed = introspection.safeParse(body);
  if (!response.ok || !parsed.success) return { kind: "unclear", status: response.status };
  return { kind: "alive", introspection: parsed.data.authorization };
}

async function readUser(token: string, limits?: Limits): Promise<WebflowUser | null> {
  const response = await get("/v2/token/authorized_by", token, limits).catch(() => null);
  const parsed = response?.ok ? authorizedUser.safeParse(await readJsonObject(response)) : null;
  if (!parsed?.success) return null;
  const { id, email, firstName, lastName } = parsed.data;
  return { id, email: email ?? null, name: [firstName, lastName].filter(Boolean).join(" ") || null };
}

async function readSites(token: string): Promise<WebflowSite[] | null> {
  // A person may have granted hundreds of sites, about a kilobyte each.
  const response = await get("/v2/sites", token, { ...defaultLimits, maxBytes: 2 * 1024 * 1024 }).catch(
    () => null,
  );
  const parsed = response?.ok ? siteList.safeParse(await readJsonObject(response)) : null;
  if (!parsed?.success) return null;
  return parsed.data.sites.map(({ id, workspaceId, displayName, shortName, previewUrl }) => ({
    id,
    name: displayName ?? shortName ?? null,
    workspaceId: workspaceId ?? null,
    shortName: shortName ?? null,
    previewUrl: previewUrl ?? null,
  }));
}

/**
 * The Webflow user id of whoever gave a token, by whichever of Webflow's two answers names them; null when neither does. Never
 * throws.
 */
export async function readOwner(token: string, limits: Limits): Promise<string | null> {
  const [answer, user] = await Promise.all([introspect(token, limits), readUser(token, limits)]);
  const userIds = answer.kind === "alive" ? answer.introspection.authorizedTo.userIds : null;
  return user?.id ?? onlyOf(userIds);
}

function onlyOf(userIds: string[] | null): string | null {
  return (userIds?.length === 1 && userIds[0]) || null;
}

/**
 * Everything Webflow says of a token. The three calls do not depend on each other and run together; only introspect
 * decides whether the token lives, the others add what they can.
 *
 * The user is whom authorized_by names; without the scope authorized_user:read it is the one user id of introspect.
 */
export async function readAuthorization(token: string): Promise<AuthorizationAnswer> {
  const [answer, user, sites] = await Promise.all([introspect(token), readUser(token), readSites(token)]);
  if (answer.kind !== "alive") return answer;
  const { id, scope, authorizedTo } = answer.introspection;
  const { siteIds, workspaceIds, userIds } = authorizedTo;
  const onlyUserId = onlyOf(userIds);
  return {
    kind: "alive",
    authorization: {
      id: id ?? null,
      scopes: scope ?? null,
      siteIds: siteIds ?? (workspaceIds && []),
      workspaceIds: workspaceIds ?? (siteIds && []),
      user: user ?? (onlyUserId ? { id: onlyUserId, name: null, email: null } : null),
      sites,
    },
  };
}
