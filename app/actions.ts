"use server";

import { redirect } from "next/navigation";
import { actInWords } from "@/app/act-in-words";
import { isSameOriginAction } from "@/lib/auth/same-origin";
import { signOutHere } from "@/lib/auth/sign-out";
import { startConnect } from "@/lib/auth/start";

/** Sends the browser to Webflow's consent page, at first and to reconnect: the new Grant replaces the one that it covers. */
export async function connectWebflow(): Promise<void> {
  if (!(await isSameOriginAction())) redirect("/sign-in");
  redirect((await startConnect()).href);
}

/** Ends this session, in the database and in the browser. The connections stay. */
export async function signOut(): Promise<void> {
  if (!(await isSameOriginAction())) redirect("/");
  await actInWords(signOutHere);
  redirect("/signed-out");
}
