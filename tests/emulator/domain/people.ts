/** A person with an account at the local Webflow. */
export interface WebflowUser {
  id: string;
  email: string;
  /** Webflow leaves both names out for people who never gave one. */
  firstName?: string;
  lastName?: string;
  workspaceIds: string[];
}

export interface Workspace {
  id: string;
  displayName: string;
  /** What `workspace=` in an authorize link names. */
  slug: string;
}

export interface Site {
  id: string;
  workspaceId: string;
  displayName: string;
  shortName: string;
  timeZone: string;
  createdOn: string;
  lastUpdated: string;
  /** Null until the site is published for the first time. */
  lastPublished: string | null;
  customDomains: { id: string; url: string; lastPublished?: string }[];
}

export interface Collection {
  id: string;
  siteId: string;
  displayName: string;
  singularName: string;
  slug: string;
  createdOn: string;
  lastUpdated: string;
}

const harbour = { id: "64a1c0de5f3b2a0012ab0001", displayName: "Harbour & Pine", slug: "harbour-and-pine" };
const northlight = {
  id: "64a1c0de5f3b2a0012ab0002",
  displayName: "Northlight Agency",
  slug: "northlight-agency",
};
const duarte = { id: "64a1c0de5f3b2a0012ab0003", displayName: "Duarte Books", slug: "duarte-books" };
const saltmarsh = {
  id: "64a1c0de5f3b2a0012ab0004",
  displayName: "Saltmarsh Pottery",
  slug: "saltmarsh-pottery",
};
const priya = { id: "64a1c0de5f3b2a0012ab0005", displayName: "Priya’s Workspace", slug: "priyas-workspace" };

export const workspaces: readonly Workspace[] = [harbour, northlight, duarte, saltmarsh, priya];

/** Six people: in two workspaces, in one, two who share an e-mail, one without a name, one without a site. */
export const users: readonly WebflowUser[] = [
  {
    id: "64b7f1a29c0d4e0011cd0001",
    email: "mira@harbourandpine.example",
    firstName: "Mira",
    lastName: "Okafor",
    workspaceIds: [harbour.id, northlight.id],
  },
  {
    id: "64b7f1a29c0d4e0011cd0002",
    email: "jonas@northlight.example",
    firstName: "Jonas",
    lastName: "Lindqvist",
    workspaceIds: [northlight.id],
  },
  {
    id: "64b7f1a29c0d4e0011cd0003",
    email: "hello@duartebooks.example",
    firstName: "Inês",
    lastName: "Duarte",
    workspaceIds: [duarte.id],
  },
  {
    id: "64b7f1a29c0d4e0011cd0004",
    email: "hello@duartebooks.example",
    firstName: "Tomás",
    lastName: "Duarte",
    workspaceIds: [duarte.id],
  },
  { id: "64b7f1a29c0d4e0011cd0005", email: "studio@saltmarsh.example", workspaceIds: [saltmarsh.id] },
  {
    id: "64b7f1a29c0d4e0011cd0006",
    email: "priya.raman@post.example",
    firstName: "Priya",
    lastName: "Raman",
    workspaceIds: [priya.id],
  },
];

function site(
  number: number,
  workspace: Workspace,
  displayName: string,
  shortName: string,
  lastPublished: string | null,
  domains: string[] = [],
): Site {
  const tail = number.toString(16).padStart(4, "0");
  return {
    id: `65c3d4e5a1b2c30013ef${tail}`,
    workspaceId: workspace.id,
    displayName,
    shortName,
    timeZone: "Europe/Lisbon",
    createdOn: "2024-03-11T09:20:00.000Z",
    lastUpdated: "2026-09-02T14:05:00.000Z",
    lastPublished,
    customDomains: domains.map((url, index) => ({
      id: `66d4e5f6b2c3d400${index.toString(16).padStart(4, "0")}${tail}`,
      url,
      ...(lastPublished === null ? {} : { lastPublished }),
    })),
  };
}

export const sites: readonly Site[] = [
  site(1, harbour, "Harbour & Pine", "harbour-and-pine", "2026-09-02T14:05:00.000Z", [
    "harbourandpine.example",
    "www.harbourandpine.example",
  ]),
  site(2, harbour, "Winter Catalogue", "winter-catalogue", null),
  site(3, northlight, "Northlight", "northlight", "2026-08-19T07:30:00.000Z", ["northlight.example"]),
  site(4, northlight, "Fjord Ferries", "fjord-ferries", "2026-10-01T16:45:00.000Z"),
  site(5, northlight, "The Aurora Report", "the-aurora-report", "2026-06-21T10:00:00.000Z"),
  site(6, duarte, "Duarte Books", "duarte-books", "2026-05-30T18:12:00.000Z", ["duartebooks.example"]),
  site(7, duarte, "Reading Nights", "reading-nights", null),
  site(8, saltmarsh, "Saltmarsh Pottery", "saltmarsh-pottery", "2026-07-14T11:40:00.000Z"),
];

/** Every site has two collections, so that an app with `cms:read` has something to read. */
export const collections: readonly Collection[] = sites.flatMap((owner) =>
  (
    [
      ["a", "Articles", "Article"],
      ["b", "Team members", "Team member"],
    ] as const
  ).map(([mark, displayName, singularName]) => ({
    id: `67e5${mark}${owner.id.slice(5)}`,
    siteId: owner.id,
    displayName,
    singularName,
    slug: displayName.toLowerCase().replace(" ", "-"),
    createdOn: owner.createdOn,
    lastUpdated: owner.lastUpdated,
  })),
);

export function findUser(id: string | undefined): WebflowUser | undefined {
  return users.find((user) => user.id === id);
}

export function workspacesOf(user: WebflowUser): Workspace[] {
  return workspaces.filter((workspace) => user.workspaceIds.includes(workspace.id));
}

export function sitesOf(user: WebflowUser): Site[] {
  return sites.filter((candidate) => user.workspaceIds.includes(candidate.workspaceId));
}

export function workspaceNamed(slug: string | undefined): Workspace | undefined {
  return workspaces.find((workspace) => workspace.slug === slug);
}

/** What a page calls this person: the name, or the e-mail address of someone without one. */
export function displayName(user: WebflowUser): string {
  return [user.firstName, user.lastName].filter(Boolean).join(" ") || user.email;
}
