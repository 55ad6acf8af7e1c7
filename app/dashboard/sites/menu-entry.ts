import type { MenuEntry } from "../pages";

export const menuEntry: MenuEntry = { href: "/dashboard/sites", label: "Sites" };
