import { expect } from "vitest";
import type { ConsentChoice } from "../../emulator/client";
import { users, workspacesOf } from "../../emulator/domain/people";
import type { HttpBrowser } from "../../support/browser";
import { connectionsOn } from "../connection-list";
import { readFacts, tokenOf } from "../facts";
import { callsOf, deleteAccount, idOf, startConnecting, untilCalled } from "../journeys";
import type { World } from "../world";
import type { Model } from "./model";
import type { Person, Place, Seat, Step } from "./steps";

/** What a person chooses at Webflow. Who has one workspace only chooses that. */
function choiceOf(person: Person, place: Place): ConsentChoice {
  const userId = idOf(person);
  if (place === "one site") return { userId };
  const user = users.find(({ id }) => id === userId);
  const [first, second] = user ? workspacesOf(user) : [];
  return { userId, workspaceId: (place === "second workspace" ? (second ?? first) : first)?.id };
}

/** Where it ends up: Jonas has one workspace. */
function placeOf(person: Person, place: Place): Place {
  return person === "Jonas" ? "first workspace" : place;
}

/** Makes steps happen, and tells the model what people did and what they were answered. */
export class Run {
  readonly #browsers: [HttpBrowser, HttpBrowser];

  constructor(
    private readonly world: World,
    private readonly model: Model,
  ) {
    this.#browsers = [world.browser(), world.browser()];
  }

  async make(step: Step): Promise<void> {
    const { model, world } = this;
    switch (step.step) {
      case "connect":
        return this.#connect(step.seat, step.person, step.place);
      case "disconnect":
        return this.#disconnect(step.seat, step.which);
      case "check":
        return this.#press(step.seat, "Check now");
      case "sign out":
        if (!model.databaseIsBack) return;
        await this.#press(step.seat, "Sign out");
        return model.signedOut(step.seat);
      case "delete account": {
        const user = model.signedIn(step.seat);
        if (!model.databaseIsBack || user === undefined) return;
        await deleteAccount(this.#browsers[step.seat]);
        return model.deleted(user);
      }
      case "uninstall at Webflow":
        return world.emulator.control.uninstall(idOf(step.person));
      case "sweep":
        await world.sweep();
        return;
      case "time passes":
        return world.passTime();
      case "Webflow fails":
        model.webflowIsWell = false;
        await world.emulator.control.addFault(step.fault);
        return;
      case "Webflow is well":
        model.webflowIsWell = true;
        return world.emulator.control.clearFaults();
      case "the database is gone":
        model.databaseIsBack = false;
        return world.proxy.cut();
      case "the database is back":
        model.databaseIsBack = true;
        return world.proxy.mend();
      case "crash while connecting":
        return this.#crashConnecting(step.seat, step.person);
      case "crash while disconnecting":
        return this.#crashDisconnecting(step.seat, step.which, step.work);
    }
  }

  async #connect(seat: Seat, person: Person, place: Place): Promise<void> {
    const { model, world } = this;
    const browser = this.#browsers[seat];
    const authorizeUrl = await startConnecting(browser);
    if (!authorizeUrl.startsWith(world.emulator.origin)) {
      expect(model.databaseIsBack, "only without a database nothing can be started").toBe(false);
      return;
    }
    const callback = await world.emulator.control.authorize(authorizeUrl, choiceOf(person, place));
    const page = await browser.open(callback);
    const success = page.url.pathname === (model.joins(seat, person) ? "/dashboard/account" : "/dashboard");
    const may = model.mayConnect(seat, person);
    if (success) expect(may, `${person} connects at a seat that is another's`).toBe(true);
    else if (may) expect(model.webflowIsWell, `${person} is refused: ${page.url}`).toBe(false);
    const token = await this.#tokenOf(callback);
    if (success && token) model.connected(seat, person, placeOf(person, place), token);
    else if (token) await this.#refuse(token);
  }

  async #disconnect(seat: Seat, which: number): Promise<void> {
    const token = await this.#askToDisconnect(seat, which);
    if (!token) return;
    await this.#browsers[seat].press("Disconnect");
    this.model.disconnected(token);
  }

  /** Opens the question whether to disconnect one of the connections of who sits here. Answers its token. */
  async #askToDisconnect(seat: Seat, which: number): Promise<string | undefined> {
    const { model, world } = this;
    if (!model.databaseIsBack || model.signedIn(seat) === undefined) return;
    const browser = this.#browsers[seat];
    const { html } = await browser.open("/dashboard");
    const live = connectionsOn(html).filter(({ status }) =>
      ["active", "limited", "checking"].includes(status),
    );
    const chosen = live[which % Math.max(1, live.length)];
    if (!chosen) return;
    const facts = await readFacts(world);
    const grant = facts.grants.find(({ id }) => id === chosen.grantId);
    const token = grant && tokenOf(facts, grant)?.value;
    await browser.open(`/dashboard/disconnect/${chosen.grantId}`);
    if (!token || !browser.page?.text.includes("Disconnect from Webflow?")) return; // it has just been withdrawn
    expect(model.userOf(token), "the dashboard shows one's own").toBe(model.signedIn(seat));
    return token;
  }

  async #press(seat: Seat, button: string): Promise<void> {
    const browser = this.#browsers[seat];
    const page = await browser.open("/dashboard");
    if (page.html.includes(`>${button}</button>`)) await browser.press(button);
  }

  async #crashConnecting(seat: Seat, person: Person): Promise<void> {
    const { model, world } = this;
    if (!model.databaseIsBack || !model.webflowIsWell) return;
    const browser = this.#browsers[seat];
    const callback = await world.emulator.control.authorize(
      await startConnecting(browser),
      choiceOf(person, "one site"),
    );
    await world.emulator.control.addFault({ endpoint: "introspect", kind: "hang" });
    const calls = (await callsOf(world, "introspect")).length;
    const opened = browser.open(callback).catch(() => undefined);
    await Promise.race([untilCalled(world, "introspect", calls + 1), opened]);
    await this.#crash();
    const token = await this.#tokenOf(callback);
    if (token) await this.#refuse(token);
  }

  async #crashDisconnecting(seat: Seat, which: number, work: "done" | "skipped"): Promise<void> {
    const { world } = this;
    const token = await this.#askToDisconnect(seat, which);
    if (!token) return;
    await world.emulator.control.addFault({ endpoint: "revoke", kind: "hang", work });
    const calls = (await callsOf(world, "revoke")).length;
    const pressed = this.#browsers[seat].press("Disconnect").catch(() => undefined);
    await Promise.race([untilCalled(world, "revoke", calls + 1), pressed]);
    await this.#crash();
    this.model.disconnected(token);
  }

  async #crash(): Promise<void> {
    const { world } = this;
    await world.kill();
    await world.emulator.control.clearFaults();
    this.model.webflowIsWell = true;
    await world.revive();
    for (const browser of this.#browsers) browser.instance = world.instance;
  }

  /** The token that this callback's code was exchanged for, if it was. */
  async #tokenOf(callback: string): Promise<string | undefined> {
    const code = new URL(callback).searchParams.get("code") ?? "";
    const { tokens } = await this.world.emulator.control.ledger();
    return tokens.find(({ codes }) => codes.includes(code))?.value;
  }

  /** A token that made no connection, unless Webflow had given it before and it is one. */
  async #refuse(token: string): Promise<void> {
    if (this.model.userOf(token) === undefined) this.model.refused(token);
  }
}
