import type { LedgerToken, Switches } from "../../emulator/client";
import type { Facts } from "../facts";
import { grantsOf } from "../facts";
import type { Person, Place, Seat } from "./steps";

/** A User, by a number of the model's own. */
type ModelUser = number;

/** A connection as somebody who watched would remember it. */
export interface ModelConnection {
  token: string;
  user: ModelUser;
  person: Person;
  /** A site counts as its workspace. */
  workspace: "first" | "second";
}

/** What must be true, told from what people did and what they were answered; knows neither our tables nor our code. */
export class Model {
  readonly #signedIn = new Map<Seat, ModelUser>();
  readonly #owners = new Map<Person, ModelUser>();
  #kept: ModelConnection[] = [];
  readonly #ended = new Set<string>();
  #users = 0;
  databaseIsBack = true;
  webflowIsWell = true;

  constructor(private readonly switches: Partial<Switches>) {}

  signedIn(seat: Seat): ModelUser | undefined {
    return this.#signedIn.get(seat);
  }

  /** Whether this person's Webflow account may be connected at this seat: it is nobody else's. */
  mayConnect(seat: Seat, person: Person): boolean {
    const [here, owner] = [this.#signedIn.get(seat), this.#owners.get(person)];
    return here === undefined || owner === undefined || here === owner;
  }

  /** Whether connecting at this seat joins a Webflow account that is nobody's yet to who is signed in. */
  joins(seat: Seat, person: Person): boolean {
    return this.#signedIn.has(seat) && !this.#owners.has(person);
  }

  connected(seat: Seat, person: Person, place: Place, token: string): void {
    this.#users += 1;
    const user = this.#signedIn.get(seat) ?? this.#owners.get(person) ?? this.#users;
    this.#owners.set(person, user);
    this.#signedIn.set(seat, user);
    const workspace = place === "second workspace" ? "second" : "first";
    const isReplaced = (one: ModelConnection) =>
      one.token === token || (one.person === person && one.workspace === workspace);
    for (const one of this.#kept.filter(isReplaced)) this.#ended.add(one.token);
    this.#kept = [...this.#kept.filter((one) => !isReplaced(one)), { token, user, person, workspace }];
  }

  /** A token that came, and made no connection. */
  refused(token: string): void {
    this.#ended.add(token);
  }

  disconnected(token: string): void {
    this.#kept = this.#kept.filter((one) => one.token !== token);
    this.#ended.add(token);
  }

  userOf(token: string): ModelUser | undefined {
    return this.#kept.find((one) => one.token === token)?.user;
  }

  signedOut(seat: Seat): void {
    this.#signedIn.delete(seat);
  }

  deleted(user: ModelUser): void {
    for (const one of this.#kept.filter((kept) => kept.user === user)) this.disconnected(one.token);
    for (const [person, owner] of this.#owners) if (owner === user) this.#owners.delete(person);
    for (const [seat, who] of this.#signedIn) if (who === user) this.#signedIn.delete(seat);
  }

  /** What is not as it must be once everything is mended and done, in words. */
  disagreements(facts: Facts): string[] {
    const name = (token: LedgerToken) => `the token ${token.fingerprint.slice(0, 8)}`;
    const users = new Map<ModelUser, string | null>();
    return facts.tokens.flatMap((token) => {
      const kept = this.#kept.find((one) => one.token === token.value);
      const row = grantsOf(facts, token).find(({ state }) => state === "ACTIVE");
      if (!kept) {
        if (row) return [`${name(token)} is still a connection`];
        return this.#ended.has(token.value) && token.alive
          ? [`${name(token)} lives although it was ended`]
          : [];
      }
      if (!token.alive) {
        return this.#mayDie(token) ? [] : [`${name(token)} was kept, and was killed by ${token.killedBy}`];
      }
      if (!row) return [`${name(token)} was kept, and is no connection`];
      const userId = users.get(kept.user) ?? row.userId;
      const shared = [...users].some(([user, id]) => user !== kept.user && id === row.userId);
      users.set(kept.user, userId);
      return userId !== row.userId || shared ? [`${name(token)} belongs to the wrong User`] : [];
    });
  }

  /** Whether a token that nobody ended may be dead: its person did it, or Webflow as the switches say. */
  #mayDie({ killedBy }: LedgerToken): boolean {
    if (killedBy === "uninstall") return true;
    if (killedBy === "supersede") return this.switches.secondAuthorization === "replaces";
    return killedBy === "revoke" && this.switches.revokeKills === "grant";
  }
}
