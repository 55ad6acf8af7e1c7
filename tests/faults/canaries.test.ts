import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { Canaries } from "./canaries";
import { connect, connected, consent, disconnect, idOf } from "./journeys";
import { openWorld } from "./world";

const world = openWorld();

test("54 a life with every kind of trouble leaves no secret in a page, header, cookie, log, row or build", async () => {
  const browser = await connected(world(), { userId: idOf("Mira") });
  await browser.press("Check now");
  await connect(world(), browser, { userId: idOf("Mira") });
  for (const endpoint of ["token", "introspect", "authorized_by", "sites"] as const) {
    for (const kind of ["half_json", "wrong_types", "html"] as const) {
      const other = world().browser();
      const callback = await consent(world(), other, { userId: idOf("Jonas") });
      await world().emulator.control.addFault({ endpoint, kind });
      await other.open(callback);
    }
  }
  const cut = world().browser();
  const callback = await consent(world(), cut, { userId: idOf("Priya") });
  world().proxy.cut();
  await cut.open(callback);
  world().proxy.mend();
  await world().emulator.control.addFault({ endpoint: "revoke", kind: "half_json" });
  await browser.open("/dashboard");
  await disconnect(browser);
  await browser.open("/dashboard/activity");
  await browser.open("/dashboard/account");
  await browser.open("/dashboard/account/data");
  // The scan itself is the check after every test; what is left is what was built.
  const { tokens } = await world().emulator.control.ledger();
  expect(tokens.length).toBeGreaterThan(6);
  const built = readdirSync(join(projectRoot, ".next/static"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
  expect(built.length).toBeGreaterThan(10_000);
  for (const secret of [world().clientSecret, world().cronSecret, ...tokens.map(({ value }) => value)])
    expect(built.includes(secret)).toBe(false);
});

test("54 the scan itself finds a token in a page and in a row, plain or encoded", async () => {
  const browser = await connected(world());
  const [token] = (await world().emulator.control.ledger()).tokens;
  const value = token?.value ?? "";
  const raw = Buffer.from(value, "hex");
  for (const leak of [value, raw.toString("base64"), raw.toString("base64url"), value.toUpperCase()]) {
    const canaries = new Canaries([]);
    await canaries.findLeaks(world());
    const url = `${world().app.origin}/dashboard`;
    canaries.keep(
      { method: "GET", url, startedAt: new Date(), status: 200, headers: {}, body: `<p>${leak}</p>` },
      browser,
    );
    expect(await canaries.findLeaks(world())).toEqual(["I2: a secret in /dashboard"]);
  }
  await world().database.query(`UPDATE "Account" SET "name" = $1`, [value]);
  expect(await new Canaries([]).findLeaks(world())).toEqual([`I2: a secret in the table "Account"`]);
  await world().database.query(`UPDATE "Account" SET "name" = NULL`);
});
