/** The pages of somebody who is signed in, in the order of the menu. */
export const dashboardPages = [
  { href: "/dashboard", label: "Connections" },
  { href: "/dashboard/sites", label: "Sites" },
  { href: "/dashboard/activity", label: "Activity" },
  { href: "/dashboard/account", label: "Account" },
] as const satisfies readonly { href: `/dashboard${string}`; label: string }[];

export type DashboardPath = (typeof dashboardPages)[number]["href"];
