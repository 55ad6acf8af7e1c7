import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../support/fixtures";
import { connect, disconnect, people, startConnecting } from "./journeys";

/** Every file below a folder, as text. */
function read(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
}

test("D1 no token, code or secret is in a page, cookie, URL, log or the database, whatever happens", async ({
  page,
  stack,
  emulator,
}) => {
  const seen: string[] = [];
  page.on("response", async (response) => {
    if (!response.url().startsWith(stack.app.origin)) return;
    // The one URL that carries a code is the callback itself; what it answers must not.
    const isCallback = response.url().includes("/api/auth/callback/");
    seen.push(
      isCallback ? "" : response.url(),
      JSON.stringify(await response.allHeaders()),
      await response.text().catch(() => ""),
    );
  });

  await connect(page, emulator, { userId: people.mira });
  await page.getByRole("button", { name: "Check now" }).click();
  await connect(page, emulator, { userId: people.mira });
  const refused = await emulator.authorize(await startConnecting(page));
  await emulator.addFault({ endpoint: "introspect", kind: "html" });
  await page.goto(refused);
  const garbled = await emulator.authorize(await startConnecting(page));
  await emulator.addFault({ endpoint: "token", kind: "half_json" });
  await page.goto(garbled);
  await page.goto("/dashboard");
  await emulator.addFault({ endpoint: "revoke", kind: "status", status: 503 });
  await disconnect(page);
  await expect(page.getByRole("status")).toContainText("Disconnecting");
  seen.push(JSON.stringify(await page.context().cookies()), await page.content());

  const dump: string[] = [];
  for (const { name } of await stack.database.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  )) {
    dump.push(JSON.stringify(await stack.database.query(`SELECT * FROM ${name}`)));
  }

  const { tokens, codes } = await emulator.ledger();
  expect(tokens.length).toBeGreaterThanOrEqual(4);
  const canaries = [...tokens, ...codes]
    .map(({ value }) => value)
    .concat(stack.clientSecret, stack.cronSecret);
  const places = { pages: seen, logs: [stack.app.logs()], database: dump, build: read(".next/static") };
  expect(places.logs.join()).toContain('"event":"revocation_pending"');
  expect(places.database.join()).toContain("sealedToken");
  for (const [place, texts] of Object.entries(places)) {
    const text = texts.join("\n");
    expect(text.length, place).toBeGreaterThan(0);
    for (const canary of canaries) expect(text.includes(canary), `a secret in the ${place}`).toBe(false);
  }
  const session = (await page.context().cookies()).find(({ name }) => name.endsWith("session-token"));
  expect(session?.value.length).toBeGreaterThanOrEqual(43);
  expect(dump.join().includes(session?.value ?? "")).toBe(false);
  expect(await page.content()).not.toContain(session?.value);
});
