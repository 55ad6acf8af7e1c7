import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { HttpBrowser } from "../support/browser";
import { newBrowser, openStack, signedIn, urlOf } from "./stack";

const stack = openStack();
const jonas = "64b7f1a29c0d4e0011cd0002";
const states = async () =>
  (await stack().database.query<{ state: string }>(`SELECT "state"::text AS state FROM "Grant"`)).map(
    ({ state }) => state,
  );
const firstId = async () =>
  (await stack().database.query<{ id: string }>(`SELECT "id" FROM "Grant" ORDER BY "receivedAt"`))[0]?.id ??
  "";

/** The fields that name the action behind a button, as the page carries them. */
async function actionFields(browser: HttpBrowser, path: string, button: string): Promise<[string, string][]> {
  const { html } = await browser.open(path);
  const form = (html.match(/<form[\s\S]*?<\/form>/g) ?? []).find((one) => one.includes(`>${button}<`));
  return [...(form ?? "").matchAll(/name="(\$ACTION[^"]*)"(?: value="([^"]*)")?/g)].map(
    ([, name = "", value = ""]) => [name, value.replaceAll("&quot;", '"').replaceAll("&amp;", "&")],
  );
}

function post(
  browser: HttpBrowser,
  path: string,
  fields: [string, string][],
  headers: Record<string, string | undefined> = {},
) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  return browser.send("POST", urlOf(stack(), path), { body, headers });
}

describe("F disconnect", () => {
  test("F1 needs a session and our own Origin; a missing Origin is refused", async () => {
    const owner = await signedIn(stack());
    const id = await firstId();
    const path = `/dashboard/disconnect/${id}`;
    const fields: [string, string][] = [
      ...(await actionFields(owner, path, "Disconnect")),
      ["connection", id],
    ];
    expect(fields.length).toBeGreaterThan(1);
    for (const origin of [
      undefined,
      "",
      "null",
      "https://evil.example",
      `${stack().app.origin}.evil.example`,
    ]) {
      expect((await post(owner, path, fields, { origin })).status, origin).toBe(403);
      expect(
        (await post(owner, path, fields, { origin, "x-forwarded-host": "evil.example" })).status,
        origin,
      ).toBe(403);
    }
    const nobody = await post(newBrowser(stack()), path, fields);
    expect(nobody.headers.location).toContain("/sign-in");
    expect(await states()).toEqual(["ACTIVE"]);
    await post(owner, path, fields);
    expect(await states()).toEqual(["REVOKED"]);
  });

  test("F1 of one person cannot be sent by a form of another type or by GET", async () => {
    const owner = await signedIn(stack());
    const id = await firstId();
    const path = `/dashboard/disconnect/${id}`;
    const fields = await actionFields(owner, path, "Disconnect");
    const query = new URLSearchParams([...fields, ["connection", id]]).toString();
    await owner.send("GET", urlOf(stack(), `${path}?${query}`));
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "application/json"]) {
      const { status } = await owner.send("POST", urlOf(stack(), path), {
        body: query,
        headers: { "content-type": type },
      });
      expect(status, type).toBeLessThan(500);
    }
    expect(await states()).toEqual(["ACTIVE"]);
  });

  test("F1 of more than a megabyte is refused before it is read as a form, whatever length is claimed", async () => {
    const owner = await signedIn(stack());
    const path = `/dashboard/disconnect/${await firstId()}`;
    const large = await post(owner, path, [["connection", "a".repeat(1_100_000)]]);
    expect(large.status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 12; n++) controller.enqueue(new TextEncoder().encode("a".repeat(100_000)));
        controller.close();
      },
    });
    // Node wants `duplex` where a body has no length; the DOM's types do not know it.
    const request = {
      method: "POST",
      body: chunks,
      duplex: "half",
      headers: { origin: stack().app.origin, "content-type": "multipart/form-data; boundary=x" },
    };
    const chunked = await fetch(urlOf(stack(), path), request);
    expect(chunked.status).toBe(413);
    expect(await states()).toEqual(["ACTIVE"]);
  });

  test("F2 another person's connection answers like one that never was, and stays", async () => {
    await signedIn(stack());
    const theirs = await firstId();
    const mine = await signedIn(stack(), { userId: jonas });
    const [own] = await stack().database.query<{ id: string }>(
      `SELECT "id" FROM "Grant" WHERE "webflowUserId" = $1`,
      [jonas],
    );
    const disconnectFields = await actionFields(mine, `/dashboard/disconnect/${own?.id}`, "Disconnect");
    const checkFields = await actionFields(mine, "/dashboard", "Check now");
    const unknown = randomUUID();
    for (const [path, fields] of [
      [`/dashboard/disconnect/${own?.id}`, disconnectFields],
      ["/dashboard", checkFields],
    ] as const) {
      const answers = [];
      for (const id of [theirs, unknown])
        answers.push(await post(mine, path, [...fields, ["connection", id]]));
      const [one, other] = answers.map(({ status, headers }) => [status, headers.location]);
      expect(one).toEqual(other);
    }
    const disconnected = await post(mine, `/dashboard/disconnect/${own?.id}`, [
      ...disconnectFields,
      ["connection", theirs],
    ]);
    expect(disconnected.status).toBe(404);
    const pages = [];
    for (const id of [theirs, unknown]) pages.push((await mine.open(`/dashboard/disconnect/${id}`)).status);
    expect(pages).toEqual([404, 404]);
    expect(await states()).toEqual(["ACTIVE", "ACTIVE"]);
    const [row] = await stack().database.query<{ leased: boolean }>(
      `SELECT "leaseUntil" IS NOT NULL AS leased FROM "Grant" WHERE "id" = $1`,
      [theirs],
    );
    expect(row?.leased).toBe(false);
  });

  test("F2 odd ids are answered, never a 500", async () => {
    const mine = await signedIn(stack());
    const own = await firstId();
    const fields = await actionFields(mine, `/dashboard/disconnect/${own}`, "Disconnect");
    for (const id of [
      "",
      "1",
      "__proto__",
      "' OR 1=1 --",
      "\u0000",
      "../..",
      "a".repeat(10_000),
      `${own}${own}`,
    ]) {
      const { status } = await post(mine, `/dashboard/disconnect/${own}`, [...fields, ["connection", id]]);
      expect(status, id.slice(0, 40)).toBe(404);
    }
    const { status } = await post(mine, `/dashboard/disconnect/${own}`, [
      ...fields,
      ["connection", randomUUID()],
      ["connection", own],
    ]);
    expect(status).toBe(404);
    expect(await states()).toEqual(["ACTIVE"]);
  });
});
