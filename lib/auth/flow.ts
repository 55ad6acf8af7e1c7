import "server-only";
import { AsyncLocalStorage } from "node:async_hooks";
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

const storage = new AsyncLocalStorage<Flow>();

/** Runs `work` as this flow. Two requests never see each other's. */
export function runFlow<T>(flow: Flow, work: () => Promise<T>): Promise<T> {
  return storage.run(flow, work);
}

/** The flow that is running, or undefined outside a callback. */
export function currentFlow(): Flow | undefined {
  return storage.getStore();
}
