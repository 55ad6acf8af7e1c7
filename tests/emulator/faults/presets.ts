import { endpoints } from "../domain/endpoints";
import type { FaultSpec } from "./spec";

export interface FaultPreset {
  id: string;
  label: string;
  /** What the app's people then meet. */
  hint: string;
  faults: FaultSpec[];
}

const apiEndpoints = endpoints.filter(
  (name) => name !== "authorize" && name !== "token" && name !== "revoke",
);
const always = "until_cleared" as const;

/** What a developer wants to try with one click. Each stays until "Back to normal". */
export const presets: readonly FaultPreset[] = [
  {
    id: "down",
    label: "Webflow is down",
    hint: "Every endpoint answers 503 with a web page",
    faults: [{ endpoint: "*", times: always, kind: "html", status: 503 }],
  },
  {
    id: "slow",
    label: "Webflow is slow",
    hint: "Every answer takes four seconds",
    faults: [{ endpoint: "*", times: always, kind: "delay", ms: 4_000 }],
  },
  {
    id: "silent",
    label: "Webflow hangs",
    hint: "Token, revoke and API never answer",
    faults: endpoints
      .filter((endpoint) => endpoint !== "authorize")
      .map((endpoint) => ({ endpoint, times: always, kind: "hang" })),
  },
  {
    id: "token-fails",
    label: "Code exchange fails",
    hint: "The token endpoint answers 500",
    faults: [{ endpoint: "token", times: always, kind: "status", status: 500 }],
  },
  {
    id: "identity-fails",
    label: "Nobody is known",
    hint: "Introspect answers an empty object",
    faults: [{ endpoint: "introspect", times: always, kind: "json", body: {} }],
  },
  {
    id: "revoke-false",
    label: "Revoke answers false",
    hint: "didRevoke is false, the token lives on",
    faults: [
      { endpoint: "revoke", times: always, kind: "json", body: { didRevoke: false, did_revoke: false } },
    ],
  },
  {
    id: "revoke-lost",
    label: "Revoke’s answer is lost",
    hint: "The token is dead, then the connection is reset",
    faults: [{ endpoint: "revoke", times: always, kind: "reset", work: "done" }],
  },
  {
    id: "rate-limited",
    label: "Rate limited",
    hint: "429 with Retry-After: 60 from revoke and API",
    faults: [...apiEndpoints, "revoke" as const].map((endpoint) => ({
      endpoint,
      times: always,
      kind: "status",
      status: 429,
      headers: { "retry-after": "60" },
    })),
  },
];
