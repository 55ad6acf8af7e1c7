/** The endpoints of Webflow that the emulator plays; faults and the request log go by these names. */
export const endpoints = [
  "authorize",
  "token",
  "revoke",
  "introspect",
  "authorized_by",
  "sites",
  "collections",
] as const;

export type Endpoint = (typeof endpoints)[number];

const paths: readonly [RegExp, Endpoint][] = [
  [/^\/oauth\/authorize$/, "authorize"],
  [/^\/oauth\/access_token$/, "token"],
  [/^\/oauth\/revoke_authorization$/, "revoke"],
  [/^\/v2\/token\/introspect$/, "introspect"],
  [/^\/v2\/token\/authorized_by$/, "authorized_by"],
  [/^\/v2\/sites(\/[^/]+)?$/, "sites"],
  [/^\/v2\/sites\/[^/]+\/collections$/, "collections"],
];

export function endpointOf(path: string): Endpoint | null {
  return paths.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}
