import fc from "fast-check";
import type { FaultSpec, Switches } from "../../emulator/client";

export type Person = "Mira" | "Jonas";
/** Which of two browsers. */
export type Seat = 0 | 1;
export type Place = "first workspace" | "second workspace" | "one site";

/** One thing that happens. What makes no sense at its moment (nobody is signed in, nothing is connected) is passed over. */
export type Step =
  | { step: "connect"; seat: Seat; person: Person; place: Place }
  | { step: "disconnect"; seat: Seat; which: number }
  | { step: "check"; seat: Seat }
  | { step: "sign out"; seat: Seat }
  | { step: "delete account"; seat: Seat }
  | { step: "uninstall at Webflow"; person: Person }
  | { step: "sweep" }
  | { step: "time passes" }
  | { step: "crash while connecting"; seat: Seat; person: Person }
  | { step: "crash while disconnecting"; seat: Seat; which: number; work: "done" | "skipped" }
  | { step: "Webflow fails"; fault: FaultSpec }
  | { step: "Webflow is well" }
  | { step: "the database is gone" }
  | { step: "the database is back" };

const seat = fc.constantFrom<Seat>(0, 1);
const person = fc.constantFrom<Person>("Mira", "Jonas");
const place = fc.constantFrom<Place>("first workspace", "second workspace", "one site");
const which = fc.nat(2);

/** Nothing here is a lie: what Webflow answers while it fails proves nothing, and no token is issued that does not arrive. */
const faults = (["token", "introspect", "revoke"] as const).flatMap((endpoint) =>
  (
    [
      { kind: "status", status: 503 },
      { kind: "status", status: 429, headers: { "retry-after": "60" } },
      { kind: "html", status: 502 },
      { kind: "reset" },
      { kind: "json", status: 400, body: { error: "invalid_client" } },
    ] as const
  ).map((how): FaultSpec => ({ endpoint, times: "until_cleared", ...how })),
);

const what = <Name extends Step["step"]>(name: Name) => fc.constant(name);

/** Sequences of up to `length` steps. Crashes are rarer, because each takes a second. */
export function sequences(length: number): fc.Arbitrary<Step[]> {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ step: what("connect"), seat, person, place }) },
    { weight: 4, arbitrary: fc.record({ step: what("disconnect"), seat, which }) },
    { weight: 1, arbitrary: fc.record({ step: what("check"), seat }) },
    { weight: 1, arbitrary: fc.record({ step: what("sign out"), seat }) },
    { weight: 1, arbitrary: fc.record({ step: what("delete account"), seat }) },
    { weight: 1, arbitrary: fc.record({ step: what("uninstall at Webflow"), person }) },
    { weight: 2, arbitrary: fc.record({ step: what("sweep") }) },
    { weight: 2, arbitrary: fc.record({ step: what("time passes") }) },
    { weight: 3, arbitrary: fc.record({ step: what("Webflow fails"), fault: fc.constantFrom(...faults) }) },
    { weight: 2, arbitrary: fc.record({ step: what("Webflow is well") }) },
    { weight: 1, arbitrary: fc.record({ step: what("the database is gone") }) },
    { weight: 2, arbitrary: fc.record({ step: what("the database is back") }) },
    { weight: 1, arbitrary: fc.record({ step: what("crash while connecting"), seat, person }) },
    {
      weight: 1,
      arbitrary: fc.record({
        step: what("crash while disconnecting"),
        seat,
        which,
        work: fc.constantFrom<("done" | "skipped")[]>("done", "skipped"),
      }),
    },
  );
  return fc.array(step, { maxLength: length });
}

/** The positions of what nobody knows of Webflow. */
export const switches: fc.Arbitrary<Partial<Switches>> = fc.record({
  revokeKills: fc.constantFrom<Switches["revokeKills"][]>("token", "grant"),
  secondAuthorization: fc.constantFrom<Switches["secondAuthorization"][]>("adds", "replaces", "same_token"),
  secondRevoke: fc.constantFrom<Switches["secondRevoke"][]>("invalid_token", "true", "false"),
  codeReplay: fc.constantFrom<Switches["codeReplay"][]>("keeps_token", "kills_token"),
  revokeStyle: fc.constantFrom<Switches["revokeStyle"][]>("page", "newer"),
  introspectUserIds: fc.boolean(),
  introspectImplied: fc.boolean(),
});
