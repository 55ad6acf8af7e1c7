import type { MenuEntry } from "@/components/page";

/** A folder beside this file that has a `menu-entry.ts` is in the menu: a page comes and goes with its folder. */
const added = import.meta.glob<{ menuEntry: MenuEntry }>("./*/menu-entry.ts", { eager: true });

/** The pages of somebody who is signed in, in the order of the menu. */
export const dashboardPages: readonly MenuEntry[] = [
  { href: "/dashboard", label: "Connections" },
  ...Object.values(added).map(({ menuEntry }) => menuEntry),
  { href: "/dashboard/activity", label: "Activity" },
  { href: "/dashboard/account", label: "Account" },
];
