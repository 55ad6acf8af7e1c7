import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { findUser, users, type WebflowUser } from "../domain/people";
import type { Environment } from "./environment";

const COOKIE = "local_webflow_user";

/** The local user this browser chose last, or the first. */
export function currentUser(c: Context<Environment>): WebflowUser {
  const user = findUser(getCookie(c, COOKIE)) ?? users[0];
  if (!user) throw new Error("There are no local users.");
  return user;
}

export function rememberUser(c: Context<Environment>, user: WebflowUser): void {
  setCookie(c, COOKIE, user.id, { path: "/", httpOnly: true, sameSite: "Lax" });
}
