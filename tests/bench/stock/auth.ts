import { PrismaAdapter } from "@auth/prisma-adapter";
import NextAuth from "next-auth";
import { prisma } from "./prisma";

export interface StockSite {
  id: string;
  displayName: string;
  shortName: string;
  previewUrl: string;
}

declare module "next-auth" {
  interface User {
    sites?: StockSite[];
  }
}

interface WebflowProfile {
  id: string;
  email: string;
  firstName?: string;
  lastName?: string;
  sites: StockSite[];
}

const api = process.env.WEBFLOW_API_URL;

/** One call of Webflow's Data API. */
async function read(path: string, token: string | undefined) {
  const response = await fetch(`${api}/v2/${path}`, { headers: { authorization: `Bearer ${token}` } });
  return response.json();
}

/** As the guides say: the Prisma adapter, and Webflow as an OAuth provider of one's own. */
export const { handlers, auth, signIn, signOut } = NextAuth({
  adapter: PrismaAdapter(prisma),
  providers: [
    {
      id: "webflow",
      name: "Webflow",
      type: "oauth",
      clientId: process.env.WEBFLOW_CLIENT_ID,
      clientSecret: process.env.WEBFLOW_CLIENT_SECRET,
      client: { token_endpoint_auth_method: "client_secret_post" },
      checks: ["state"],
      authorization: {
        url: `${process.env.WEBFLOW_OAUTH_URL}/oauth/authorize`,
        params: { scope: process.env.WEBFLOW_SCOPES },
      },
      token: `${api}/oauth/access_token`,
      userinfo: {
        url: `${api}/v2/token/authorized_by`,
        request: async ({ tokens }: { tokens: { access_token?: string } }) => {
          const person = await read("token/authorized_by", tokens.access_token);
          const { sites } = await read("sites", tokens.access_token);
          return { ...person, sites };
        },
      },
      profile: ({ id, email, firstName, lastName, sites }: WebflowProfile) => ({
        id,
        email,
        name: [firstName, lastName].filter(Boolean).join(" "),
        sites,
      }),
    },
  ],
});
