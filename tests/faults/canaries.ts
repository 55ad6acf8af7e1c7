import { disguises, plain } from "../../scripts/lib/leaks.mjs";
import type { HttpBrowser, Visit } from "../support/browser";
import { sessionTokenOf } from "./witness";
import type { World } from "./world";

/** Where a secret could hide: every secret here is a long run of these signs, however it is encoded. */
const longRuns = /[A-Za-z0-9+/_=-]{40,}/g;

interface Said {
  place: string;
  text: string;
}

const reduce = ({ place, text }: Said): Said => ({
  place,
  text: plain(text).match(longRuns)?.join("\n") ?? "",
});

/** I2: secrets that must show nowhere, and all that was said, kept for as long as a test file runs. */
export class Canaries {
  readonly #secrets = new Set<string>();
  readonly #said: Said[] = [];
  #looked = 0;
  #logged = 0;

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) this.#hide(secret);
  }

  /** Keeps what an answer said: its address unless it is the callback's own, its headers, its body, and the cookies it left. */
  keep({ url, headers, body }: Visit, browser: HttpBrowser): void {
    const session = sessionTokenOf(browser);
    if (session) this.#hide(session);
    const { "set-cookie": cookies = [], ...others } = headers;
    const place = new URL(url).pathname;
    const texts = {
      [place]: place.startsWith("/api/auth/callback/") ? body : `${url}\n${body}`,
      [`headers of ${place}`]: JSON.stringify(others),
      // The one place of a session token is its own cookie.
      [`cookies of ${place}`]: cookies
        .filter((line) => !/^(__Host-)?authjs\.session-token=/.test(line))
        .join("\n"),
    };
    for (const [where, text] of Object.entries(texts)) this.#said.push(reduce({ place: where, text }));
  }

  /** Looks for every token, code, secret and session in what was said and logged since the last look, and in every row. */
  async findLeaks(world: World): Promise<string[]> {
    const { tokens, codes } = await world.emulator.control.ledger();
    for (const { value } of [...tokens, ...codes]) this.#hide(value);
    const logs = world.logs();
    this.#said.push(reduce({ place: "the logs", text: logs.slice(this.#logged) }));
    this.#logged = logs.length;
    const places = [...this.#said.slice(this.#looked), ...(await dump(world))];
    this.#looked = this.#said.length;
    return [...this.#find(places), ...(await misplaced(world))];
  }

  /** The same for everything since the beginning, so that what leaked late, or from one test into another, shows too. */
  findAllLeaks(): string[] {
    return this.#find(this.#said);
  }

  #hide(secret: string): void {
    for (const form of disguises(secret)) this.#secrets.add(form);
  }

  #find(places: Said[]): string[] {
    return places
      .filter(({ text }) => [...this.#secrets].some((secret) => text.includes(secret)))
      .map(({ place }) => `I2: a secret in ${place}`);
  }
}

/** Every row of every table. */
async function dump({ database }: World): Promise<Said[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  return Promise.all(
    tables.map(async ({ name }) =>
      reduce({
        place: `the table ${name}`,
        text: JSON.stringify(await database.query(`SELECT * FROM ${name}`)),
      }),
    ),
  );
}

/** What went to Webflow in a wrong place: a secret or token in a URL, or in a header other than Authorization. */
async function misplaced({ emulator, clientSecret }: World): Promise<string[]> {
  const [requests, { tokens }] = await Promise.all([emulator.control.requests(), emulator.control.ledger()]);
  const secrets = [clientSecret, ...tokens.map(({ value }) => value)];
  return requests.flatMap(({ endpoint, path, query, headers }) => {
    const { authorization, ...others } = headers;
    const open = JSON.stringify([path, query, others, authorization?.includes(clientSecret)]);
    return secrets.some((secret) => open.includes(secret)) || authorization?.includes(clientSecret)
      ? [`I2: a secret in the URL or the headers of a request to ${endpoint ?? path}`]
      : [];
  });
}
