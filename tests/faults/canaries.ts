import type { HttpBrowser, Visit } from "../support/browser";
import { sessionTokenOf } from "./witness";
import type { World } from "./world";

/** I2: secrets that must show nowhere, and all that was said, kept for as long as a test file runs. */
export class Canaries {
  readonly #secrets = new Set<string>();
  readonly #sessions = new Set<string>();
  readonly #said: { place: string; text: string }[] = [];

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) this.#secrets.add(secret);
  }

  /** Keeps what an answer said: its address unless it is the callback's own, its headers, its body, and the cookies it left. */
  keep({ url, headers, body }: Visit, browser: HttpBrowser): void {
    const session = sessionTokenOf(browser);
    if (session) this.#sessions.add(session);
    const { "set-cookie": cookies = [], ...others } = headers;
    const place = new URL(url).pathname;
    this.#said.push({ place, text: place.startsWith("/api/auth/callback/") ? body : `${url}\n${body}` });
    this.#said.push({ place: `headers of ${place}`, text: JSON.stringify(others) });
    // The one place of a session token is its own cookie.
    const others2 = cookies.filter((line) => !/^(__Host-)?authjs\.session-token=/.test(line));
    this.#said.push({ place: `cookies of ${place}`, text: others2.join("\n") });
  }

  /** Looks for every token, code, secret and session in all that was said, logged and stored until now. */
  async findLeaks(world: World): Promise<string[]> {
    const { tokens, codes } = await world.emulator.control.ledger();
    for (const { value } of [...tokens, ...codes]) this.#secrets.add(value);
    const rows = await dump(world);
    const places = [...this.#said, { place: "the logs", text: world.logs() }, ...rows];
    const wanted = [...this.#secrets, ...this.#sessions].flatMap(disguises);
    const leaks = places.flatMap(({ place, text }) =>
      wanted.some((secret) => text.includes(secret)) ? [`I2: a secret in ${place}`] : [],
    );
    return [...leaks, ...(await misplaced(world))];
  }
}

/** A secret as it is, and as somebody might have encoded it. */
function disguises(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const forms = [secret, bytes.toString("hex"), bytes.toString("base64url").slice(0, -2)];
  if (/^[0-9a-f]{64}$/.test(secret)) {
    const raw = Buffer.from(secret, "hex");
    forms.push(secret.toUpperCase(), raw.toString("base64"), raw.toString("base64url"));
  }
  return forms;
}

/** Every row of every table. */
async function dump({ database }: World): Promise<{ place: string; text: string }[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  return Promise.all(
    tables.map(async ({ name }) => ({
      place: `the table ${name}`,
      text: JSON.stringify(await database.query(`SELECT * FROM ${name}`)),
    })),
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
