import type { MenuEntry } from "@/components/page";

export const menuEntry: MenuEntry = { href: "/dashboard/sites", label: "Sites" };
