import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { AppProcess } from "../support/app";
import { HttpBrowser } from "../support/browser";
import { clusterAddress } from "../support/database";
import { type Stack, type StackOptions, startStack } from "../support/stack";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";
import { until } from "../support/until";
import { Canaries } from "./canaries";
import { wrongDashboards } from "./dashboards";
import { readFacts } from "./facts";
import { brokenPromises, type Exception } from "./promises";
import { witness } from "./witness";

/** Everything that one test file breaks: app processes, the way to their database, the local Webflow. */
export class World implements Stack {
  readonly app: Stack["app"];
  readonly database: Stack["database"];
  readonly emulator: Stack["emulator"];
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cronSecret: string;
  readonly environment: Stack["environment"];
  /** In front of PostgreSQL, for the app only. */
  readonly proxy: TcpProxy;
  /** What the running test is about, and what is therefore no broken promise. */
  readonly allowed = new Set<Exception>();
  readonly #stack: Stack & { stop(): Promise<void> };
  readonly #instances: AppProcess[];
  readonly #canaries: Canaries;
  #broken: string[] = [];
  #killed = false;
  /** The instance that new browsers and the sweep use: one that lives. */
  instance: AppProcess;

  constructor(stack: Stack & { stop(): Promise<void> }, proxy: TcpProxy) {
    ({
      app: this.app,
      database: this.database,
      emulator: this.emulator,
      clientId: this.clientId,
      clientSecret: this.clientSecret,
      cronSecret: this.cronSecret,
      environment: this.environment,
    } = stack);
    this.#stack = stack;
    this.proxy = proxy;
    this.instance = stack.app;
    this.#instances = [stack.app];
    const { AUTH_SECRET = "", TOKEN_KEYS = "" } = stack.environment;
    const keys = TOKEN_KEYS.split(",").map((entry) => entry.slice(entry.indexOf(":") + 1));
    this.#canaries = new Canaries([stack.clientSecret, stack.cronSecret, AUTH_SECRET, ...keys]);
  }

  /** A browser of its own: no cookies yet. */
  browser(instance = this.instance): HttpBrowser {
    return new HttpBrowser({
      origin: this.app.origin,
      instance,
      onVisit: async (visit, browser) => {
        this.#canaries.keep(visit, browser);
        this.#broken.push(...(await witness(this, visit, browser)));
      },
    });
  }

  async startInstance(changes?: Record<string, string>): Promise<AppProcess> {
    const instance = await this.#stack.startInstance(changes);
    this.#instances.push(instance);
    return instance;
  }

  /** Kills the instance in use with SIGKILL; what it had on its way to the database is lost with it. */
  async kill(): Promise<void> {
    await this.instance.kill();
    this.#killed = true;
    this.proxy.cut();
    this.proxy.mend();
  }

  /** Starts another in the place of the one that was killed. */
  async revive(): Promise<void> {
    if (!this.#killed) return;
    this.instance = await this.startInstance();
    this.#killed = false;
  }

  /** Everything that any instance has printed. */
  logs(): string {
    return this.#instances.map((instance) => instance.logs()).join("\n");
  }

  /** As a scheduler calls it. */
  async sweep(instance = this.instance): Promise<Response> {
    return fetch(`${instance.origin}/api/cron/sweep`, {
      headers: { authorization: `Bearer ${this.cronSecret}` },
    });
  }

  /**
   * Makes everything due: ten minutes without a claim, the pause before the next attempt, a lease of somebody who died. A
   * minute passes for leases, pauses and checks alike: what came before what stays as it was.
   */
  async passTime(): Promise<void> {
    await this.database.query(
      `UPDATE "Grant" SET "nextAttemptAt" = now(), "leaseUntil" = "leaseUntil" - interval '61 seconds',
         "unsettledUntil" = "unsettledUntil" - interval '61 seconds', "checkedAt" = "checkedAt" - interval '61 seconds'`,
    );
    await this.database.query(`UPDATE "CredentialsRefusal" SET "probeAt" = now()`);
  }

  /** Mends everything, then does everything that is due, until nothing is. */
  async settle(): Promise<void> {
    this.proxy.mend();
    await this.emulator.control.clearFaults();
    await this.revive();
    await this.database.query(`TRUNCATE "RateLimit"`);
    await until(async () => {
      await this.passTime();
      return (await this.sweep()).ok;
    }, "a sweep that goes through");
    await until(async () => {
      await this.passTime();
      await this.sweep();
      const { grants } = await readFacts(this);
      const pending = grants.filter(({ state }) => state === "RECEIVED" || state === "REVOKING");
      return pending.length === 0 || this.allowed.has("unreadable");
    }, "the end of everything due");
    this.#broken.push(...(await wrongDashboards(this)));
  }

  /** Everything that was broken since the last call, before and after everything is mended and done. */
  async verdict(): Promise<string[]> {
    const before = await brokenPromises(this, { settled: false });
    await this.settle();
    const after = await brokenPromises(this, { settled: true });
    const leaks = await this.#canaries.findLeaks(this);
    const all = new Set([...this.#broken, ...before, ...after, ...leaks]);
    this.#broken = [];
    return [...all];
  }

  /** I2 for everything that was said, logged and stored since this world began. */
  leaks(): string[] {
    return this.#canaries.findAllLeaks();
  }

  /** An empty database and a fresh local Webflow. */
  async reset(): Promise<void> {
    this.proxy.mend();
    await this.revive();
    this.allowed.clear();
    this.#broken = [];
    await this.database.query(
      `TRUNCATE "User", "Grant", "AuthorizationRequest", "RateLimit", "CredentialsRefusal", "RecentRevocation" CASCADE`,
    );
    await this.emulator.control.reset();
  }

  async stop(): Promise<void> {
    await this.#stack.stop();
    await this.proxy.close();
  }
}

/** What may differ between worlds. */
export interface WorldOptions extends Omit<StackOptions, "databaseAt"> {
  /** Starts what stands between the app and PostgreSQL in place of the proxy; answers its `host:port`. */
  databaseAt?: () => Promise<string>;
}

/** Starts a world for one test file. After each test every promise is checked, with everything as it is and again when all is mended. */
export function openWorld({ databaseAt, environment }: WorldOptions = {}): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    const proxy = await startTcpProxy(clusterAddress());
    try {
      const stack = await startStack({
        databaseAt: (await databaseAt?.()) ?? `127.0.0.1:${proxy.port}`,
        environment,
      });
      world = new World(stack, proxy);
    } catch (error) {
      await proxy.close();
      throw error;
    }
    // For the modules of the app that the checks use.
    Object.assign(process.env, world.environment, { DATABASE_URL: world.database.url });
  });
  afterEach(async () => {
    try {
      expect(await world?.verdict()).toEqual([]);
    } finally {
      // Whatever went wrong, the next test finds nothing of it.
      await world?.reset();
    }
  });
  afterAll(async () => {
    const leaks = world?.leaks();
    await world?.stop();
    expect(leaks).toEqual([]);
  });
  return () => {
    if (!world) throw new Error("The world is there only while its tests run.");
    return world;
  };
}
