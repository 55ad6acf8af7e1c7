import "server-only";
import type { Activation } from "@/lib/grants/activate";
import type { ReceivedGrant } from "@/lib/grants/receive";
import type { ConnectError } from "@/lib/webflow/errors";
import type { WebflowProfile } from "@/lib/webflow/provider";
import type { SignIn } from "./sessions";

/** One run of the callback: what NextAuth's hooks need to know, and what they found, which NextAuth itself does not pass on. */
export interface Flow extends SignIn {
  requestedScopes: string[];
  /** The Grant that holds the fresh token. */
  received?: ReceivedGrant;
  /** Whose token it is, once Webflow has said so. */
  profile?: WebflowProfile;
  /** Whose connection it has become, and what that unsettled. */
  activation?: Activation;
  /** The first failure, in our own words; NextAuth would say `Configuration`. */
  failure?: ConnectError;
  signedIn: boolean;
}
