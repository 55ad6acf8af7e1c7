import "server-only";
import type { Adapter, AdapterUser } from "next-auth/adapters";
import { db } from "@/lib/db";
import { isSeenStale } from "@/lib/stale";
import type { Flow } from "./flow";
import { hashOf } from "./session";
import { noteUse } from "./session-life";
import { endOwnSession } from "./sessions";

/** NextAuth wants an e-mail and a flag for it; a User here is known by their Webflow user ids alone. */
function toAdapterUser(id: string): AdapterUser {
  return { id, email: "", emailVerified: null };
}

/**
 * NextAuth's view of User, Account and Session. Unlike @auth/prisma-adapter it keeps no token: sessions are found by the
 * hash of their token, and accounts hold identity only. It never looks a person up by e-mail, so two Webflow users with
 * one e-mail are two people.
 *
 * @param flow the callback that is being taken, if it is one
 */
export function webflowAdapter(flow?: Flow): Adapter {
  return {
    // `activateGrant` makes User, Account and connection in one transaction before NextAuth looks; these two are NextAuth's
    // own way, for a second provider.
    createUser: async () => toAdapterUser((await db().user.create({ data: {} })).id),
    linkAccount: async ({ userId, provider, providerAccountId, type }) => {
      await db().account.create({ data: { userId, provider, providerAccountId, type } });
    },

    getUser: async (id) => {
      const user = await db().user.findUnique({ where: { id } });
      return user && toAdapterUser(user.id);
    },
    getUserByEmail: async () => null,
    getUserByAccount: async ({ provider, providerAccountId }) => {
      // NextAuth asks before and after the `signIn` callback: nobody is known before, and after it who `activateGrant` said.
      if (flow) return flow.activation ? toAdapterUser(flow.activation.userId) : null;
      const account = await db().account.findUnique({
        where: { provider_providerAccountId: { provider, providerAccountId } },
      });
      return account && toAdapterUser(account.userId);
    },
    updateUser: async ({ id }) => toAdapterUser(id),

    // It is made already, in one transaction with the connection (`signIn` in config.ts). What NextAuth calls `expires` is the
    // absolute limit, the cookie's; the row ends earlier when it is not used.
    createSession: async (session) => session,
    getSessionAndUser: async (sessionToken) => {
      // Signed in already, NextAuth would go on with the old session. `activateGrant` has joined the connection to its User.
      if (flow) return null;
      const [session] = await db().$queryRaw<
        { userId: string; lastsMs: number; sessionSeenStale: boolean }[]
      >`
        SELECT "userId", ${isSeenStale} AS "sessionSeenStale", (extract(epoch FROM "expires" - now()) * 1000)::float8 AS "lastsMs"
        FROM "Session" WHERE "tokenHash" = ${hashOf(sessionToken)} AND "expires" > now()`;
      if (!session) return null;
      await noteUse(hashOf(sessionToken), session);
      const { userId, lastsMs } = session;
      // By the clock of this process, because NextAuth compares it with that, and deletes what it takes to be over.
      const expires = new Date(Date.now() + lastsMs);
      return { session: { sessionToken, userId, expires }, user: toAdapterUser(userId) };
    },
    // Never asked for, see `updateAge`: only `touchSession` moves the end of a session.
    updateSession: async () => null,
    // Signing out twice is no error.
    deleteSession: async (sessionToken) => {
      await endOwnSession(hashOf(sessionToken));
    },
  };
}
