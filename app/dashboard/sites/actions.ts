"use server";

import { redirect } from "next/navigation";
import { isSameOriginAction } from "@/lib/auth/same-origin";
import { startConnect } from "@/lib/auth/start";

/** Asks at Webflow for the one scope that this page needs beside the app's own, and comes back here. */
export async function allowCollections(): Promise<void> {
  if (!(await isSameOriginAction())) redirect("/sign-in");
  redirect((await startConnect({ addScopes: ["cms:read"], returnTo: "/dashboard/sites" })).href);
}
