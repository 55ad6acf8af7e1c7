import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { projectRoot } from "../../scripts/lib/paths.mjs";
import { type HttpBrowser, helps } from "../support/browser";
import { routes } from "../support/pages";
import { connect, errorsOf, newBrowser, openStack, signedIn, urlOf } from "./stack";
import { withoutProxy } from "./without-proxy";

const stack = openStack();
const long = process.env.TESTS_LONG === "1";
const seed = Number(process.env.TESTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const jonas = "64b7f1a29c0d4e0011cd0002";
const ines = "64b7f1a29c0d4e0011cd0003";

/** Every action of the build with a page that has it: what is added later is tried too. */
function readActions(): { id: string; page: string }[] {
  const file = join(projectRoot, ".next/server/server-reference-manifest.json");
  const { node } = z
    .object({ node: z.record(z.string(), z.object({ workers: z.record(z.string(), z.unknown()) })) })
    .parse(JSON.parse(readFileSync(file, "utf8")));
  return Object.entries(node).map(([id, { workers }]) => {
    const page = Object.keys(workers).toSorted()[0] ?? "";
    return { id, page: page.replace(/^app/, "").replace(/\/page$/, "") || "/" };
  });
}

interface Request {
  action: number;
  signedIn: boolean;
  /** As React's script calls it, with the form as its argument or with these. */
  called: boolean;
  args: unknown[] | null;
  /** Values by index: those of the victim come first. */
  fields: [name: string, value: number | string][];
  headers: Record<string, string>;
}

const name = fc.oneof(
  fc.constantFrom("connection", "session", "account", "user", "userId", "id", "__proto__", "$ACTION_KEY"),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
const value = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 5 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 80 }) },
);
/** What the pages send, with what is the victim's. */
const genuine: Request["fields"] = [
  ["connection", 0],
  ["session", 1],
  ["account", 2],
  ["user", 3],
];
const header = fc.string({ unit: "grapheme-ascii", maxLength: 60 }).map((text) => text.trim());
const someHeaders = fc.dictionary(
  fc.constantFrom(
    ...[
      "accept",
      "accept-language",
      "user-agent",
      "referer",
      "x-request-id",
      "x-forwarded-host",
      "x-forwarded-proto",
    ],
    ...[
      "x-forwarded-for",
      "rsc",
      "next-router-state-tree",
      "next-url",
      "x-action-forwarded",
      "x-nextjs-data",
      "range",
    ],
  ),
  header,
  { maxKeys: 3 },
);
const origin = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom("", "null", "https://evil.example") },
);
/** What React reads in its own way: it begins with a dollar sign, and may lead to another field. */
const reference = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(..."@hHTQWKiIN-uDnAOoUSsLlGgMmVBRrXxF$:", ""),
      fc.stringMatching(/^[0-9a-z:]{0,4}$/),
    )
    .map(([kind, rest]) => `$${kind}${rest}`),
  fc.constantFrom(
    "$@1",
    "$@2",
    "$0:0",
    "$0:1",
    "$0:0:0",
    "$1:0",
    "$T",
    "$n1",
    `$n-${"9".repeat(300)}`,
    "$K1",
  ),
);
const argument = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: reference },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(reference, fc.dictionary(fc.string(), reference)), { maxLength: 3 }),
  },
);
/** The names of fields that mean something to React, and such as nearly do. */
const fieldName = fc.oneof(
  fc.constantFrom(
    ...["0", "1", "2", "00", "0x0", "", " ", "-0", "S0", "S1", "S", "_1_", "_1_connection", "__proto__"],
    ...[
      "$ACTION_REF_1",
      "$ACTION_REF_2",
      "$ACTION_REF_",
      "$ACTION_1:0",
      "$ACTION_1:1",
      "$ACTION_2:0",
      "$ACTION_KEY",
    ],
    ...["$ACTION_ID_", "$ACTION_", "$ACTION_1:", "$ACTION_1:_1_x"],
  ),
  fc.string({ maxLength: 8 }),
);
const fieldValue = fc.oneof(
  argument.map((json) => JSON.stringify(json)),
  reference,
  fc.constantFrom(
    '["$K1"]',
    "[]",
    "[",
    "",
    "null",
    '"$@1"',
    "[null,[1,",
    `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  ),
  fc.string({ maxLength: 12 }),
);
/** Descriptors of actions with arguments of their own; `ID` is a real one. */
const descriptor = fc
  .record(
    {
      id: fc.constantFrom("ID", "00", ""),
      bound: fc.oneof(fc.constantFrom(null, "$@1", "$@2", [], 1), reference),
    },
    { requiredKeys: [] },
  )
  .map((json) => JSON.stringify(json));

const requests: fc.Arbitrary<Request> = fc
  .record({
    action: fc.nat({ max: 100 }),
    signedIn: fc.nat({ max: 3 }).map((n) => n > 0),
    called: fc.boolean(),
    args: fc.option(fc.array(argument, { maxLength: 3 }), { freq: 2 }),
    fields: fc.oneof(fc.constant(genuine), fc.array(fc.tuple(name, value), { maxLength: 4 })),
    headers: someHeaders,
    origin,
  })
  .map(({ origin: sent, headers, ...rest }) => ({
    ...rest,
    headers: { ...headers, ...(sent === null ? {} : { origin: sent }) },
  }));

function toBody(
  { called, args, fields }: Pick<Request, "called" | "args" | "fields">,
  actionId: string,
  values: string[],
): FormData | string {
  if (called && args) return JSON.stringify(args);
  const body = new FormData();
  if (!called) body.append(`$ACTION_ID_${actionId}`, "");
  for (const [key, chosen] of fields) {
    const text = typeof chosen === "string" ? chosen : (values[chosen] ?? "");
    body.append(called ? `_1_${key}` : key, text);
  }
  // Last, as React does it: what comes after the arguments is not in their form.
  if (called) body.append("0", '["$K1"]');
  return body;
}

/** Everything that is somebody's. */
async function rowsOf(userId: string): Promise<string> {
  const tables = ["Account", "Grant", "Session", "Activity"];
  const parts = tables.map(
    (table) => `(SELECT json_agg(r ORDER BY r::text) FROM "${table}" r WHERE "userId" = $1::uuid)`,
  );
  const rows = await stack().database.query(
    `SELECT (SELECT to_json(u) FROM "User" u WHERE "id" = $1::uuid) AS "user", ${parts.map((part, n) => `${part} AS "t${n}"`).join(", ")}`,
    [userId],
  );
  return JSON.stringify(rows);
}

async function onlyRow<Row extends object>(sql: string): Promise<Row> {
  const [row] = await stack().database.query<Row>(sql);
  if (!row) throw new Error(`no row: ${sql}`);
  return row;
}

test(
  "F2 whatever is sent to whichever action, by whomever: words or a way on, no 500, and nothing of anybody else's changes",
  async () => {
    console.info(`TESTS_SEED=${seed}`);
    const actions = readActions();
    expect(actions.length).toBeGreaterThan(5);
    // Two Webflow users: only the second can be unlinked.
    await connect(stack(), await signedIn(stack()), { userId: ines });
    const victim = await onlyRow<{ userId: string; grantId: string; sessionId: string; accountId: string }>(
      `SELECT s."userId", s."id" AS "sessionId", g."id" AS "grantId", a."id" AS "accountId"
       FROM "Session" s JOIN "Grant" g USING ("userId") JOIN "Account" a USING ("userId")
       WHERE g."webflowUserId" = a."providerAccountId" ORDER BY a."createdAt" DESC`,
    );
    const before = await rowsOf(victim.userId);
    const { grantId, sessionId, accountId, userId } = victim;
    const values = [grantId, sessionId, accountId, userId, randomUUID(), ""];
    // First each action as its page sends it, but with what is the victim's; then anything.
    const plain = { signedIn: true, args: null, fields: genuine, headers: {} };
    const examples = actions.flatMap((_, action) =>
      [false, true].map((called): [Request] => [{ ...plain, action, called }]),
    );
    let attacker: HttpBrowser | undefined;
    const send = async (request: Request) => {
      // Signing out and deleting the account are actions too: then they come back.
      if (!attacker?.cookies.has("authjs.session-token"))
        attacker = await signedIn(stack(), { userId: jonas });
      const browser = request.signedIn ? attacker : newBrowser(stack());
      const { id, page } = actions[request.action % actions.length] ?? { id: "", page: "/" };
      const url = urlOf(stack(), page.replace("[id]", victim.grantId));
      const headers = request.called ? { ...request.headers, "next-action": id } : request.headers;
      return browser.send("POST", url, { body: toBody(request, id, values), headers });
    };
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const { status, headers, body } = await send(request);
        expect(status).toBeLessThan(500);
        if (!request.called) expect(headers.location !== undefined || helps({ html: body })).toBe(true);
        expect(await rowsOf(victim.userId)).toBe(before);
      }),
      { seed, examples, numRuns: long ? 5_000 : 150, interruptAfterTimeLimit: long ? undefined : 20_000 },
    );
    const { tokens } = await stack().emulator.control.ledger();
    expect(tokens.slice(0, 2).map(({ alive }) => alive)).toEqual([true, true]);
  },
  long ? 600_000 : 60_000,
);

test("F2 an action that React's script calls gets the fields of its form", async () => {
  const owner = await signedIn(stack());
  const { id } = await onlyRow<{ id: string }>(`SELECT "id" FROM "Grant"`);
  const page = `/dashboard/disconnect/${id}`;
  await owner.open(page);
  const names = [...owner.formData("Disconnect").keys()];
  const actionId = names.find((key) => key.startsWith("$ACTION_ID_"))?.slice("$ACTION_ID_".length) ?? "";
  const body = toBody({ called: true, args: null, fields: genuine }, actionId, [id]);
  await owner.send("POST", urlOf(stack(), page), { body, headers: { "next-action": actionId } });
  expect(await stack().database.query(`SELECT "state"::text AS state FROM "Grant"`)).toEqual([
    { state: "REVOKED" },
  ]);
});

test(
  "E6 a form, or the arguments of an action, that React never wrote: no 500, no line of plain text, and no error of ours",
  async () => {
    console.info(`TESTS_SEED=${seed}`);
    const [{ id, page } = { id: "", page: "" }] = readActions().filter(
      (action) => action.page === "/dashboard",
    );
    const nobody = newBrowser(stack());
    const field = fc.tuple(fieldName, fc.oneof(fieldValue, descriptor));
    const logged = stack().app.logs().length;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          called: fc.boolean(),
          fields: fc.array(field, { maxLength: 5 }),
          file: fc.option(fieldName, { freq: 5 }),
          damage: fc.option(
            fc.record({
              at: fc.double({ min: 0, max: 1, noNaN: true }),
              bytes: fc.string({ maxLength: 3 }),
              cut: fc.nat(40),
            }),
            { freq: 3 },
          ),
          type: fc.constantFrom(
            null,
            null,
            null,
            "Multipart/Form-Data; boundary=x",
            "text/plain",
            "application/x-www-form-urlencoded",
          ),
        }),
        async ({ called, fields, file, damage, type }) => {
          const form = new FormData();
          for (const [key, text] of fields)
            form.append(key.replace(/ID_$/, `ID_${id}`), text.replace('"ID"', `"${id}"`));
          if (file !== null) form.append(file, new File(["[]"], "a.json"));
          const encoded = new Response(form);
          let body = await encoded.text();
          if (damage) {
            const at = Math.floor(damage.at * body.length);
            body = body.slice(0, at) + damage.bytes + body.slice(at + damage.cut);
          }
          const headers = {
            "content-type": type ?? encoded.headers.get("content-type") ?? "",
            ...(called ? { "next-action": id } : {}),
          };
          const visit = await nobody.send("POST", urlOf(stack(), page), { body, headers });
          expect(visit.status).toBeLessThan(500);
          if (!called) expect(visit.headers.location !== undefined || helps({ html: visit.body })).toBe(true);
        },
      ),
      { seed, numRuns: long ? 20_000 : 600, interruptAfterTimeLimit: long ? undefined : 20_000 },
    );
    expect(stack().app.logs().slice(logged)).not.toContain('"level":"error"');
  },
  long ? 900_000 : 60_000,
);

test("E6 what each of Next's parsers would read in its own way is refused in words, and is no error of ours", async () => {
  const [{ id, page } = { id: "", page: "" }] = readActions();
  const boundary = "----WebKitFormBoundaryAbCdEf0123456789";
  const type = `multipart/form-data; boundary=${boundary}`;
  const write = (...parts: string[]) =>
    `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("")}--${boundary}--\r\n`;
  const field = (key: string, text: string, more = "") =>
    `Content-Disposition: form-data; name="${key}"${more}\r\n\r\n${text}`;
  const called: [contentType: string, body: string][] = [
    ["text/plain;charset=UTF-8", ""],
    [type, ""],
    ["multipart/form-data", ""],
    ["text/plain;charset=UTF-8", "\uFEFF[]"],
    [type, write(field("0", "[]", "\r\nContent-Type: application/octet-stream"))],
    [type, write(field("0", "[]", "\r\nContent-Type: text/plain; charset=utf-16le"))],
    [type, write(field("0", "W10=", "\r\nContent-Transfer-Encoding: base64"))],
    [type, write(field("0", "[]", "\r\nX-A: \u0001"))],
    [type, write(field("0", "[]", `\r\nX-A: ${"a".repeat(20_000)}`))],
    [type, write(field("0", "\uFEFF[]"))],
    [`multipart/form-data; ; boundary=${boundary}`, write(field("0", "[]"))],
    [`${type}; =`, write(field("0", "[]"))],
    [`multipart/form-data; boundary="${boundary}`, write(field("0", "[]"))],
  ];
  const sent: [contentType: string, body: string][] = [
    [type, ""],
    ...[
      `{"bound":null,"id":"${id}"}`,
      ` {"id":"${id}","bound":null}`,
      `{"id":"${"0".repeat(42)}","id":"${id}","bound":null}`,
      `{"id":"\\u00${id.charCodeAt(0).toString(16)}${id.slice(1)}","bound":null}`,
    ].map((descriptor): [string, string] => [
      type,
      write(field("$ACTION_REF_1", ""), field("$ACTION_1:0", descriptor)),
    ]),
  ];
  const url = urlOf(stack(), page.replace("[id]", randomUUID()));
  const errors = await errorsOf(stack(), async () => {
    for (const [requests, further] of [
      [called, { "next-action": id }],
      [sent, {}],
    ] as const)
      for (const [contentType, body] of requests) {
        const headers = { ...further, "content-type": contentType };
        const visit = await newBrowser(stack()).send("POST", url, { body, headers });
        const tried = `${contentType} ${body.slice(0, 200)}`;
        expect(visit.status, tried).toBe(400);
        expect(helps({ html: visit.body }), tried).toBe(true);
      }
  });
  expect(errors).toEqual([]);
});

test("E6 an action that gets anything in place of its form is no error of ours", async () => {
  const errors = await errorsOf(stack(), async () => {
    for (const { id, page } of readActions()) {
      // Some of them sign out, or delete the account.
      const browser = await signedIn(stack());
      const url = urlOf(stack(), page.replace("[id]", randomUUID()));
      for (const body of ["[]", "[null]", '["connection"]', '[{"get":"$undefined"}]', '["$T"]'])
        await browser.send("POST", url, { body, headers: { "next-action": id } });
    }
  });
  expect(errors).toEqual([]);
});

test("E6 an action of another page works as well when its request would leave HTTP", async () => {
  const [{ id } = { id: "" }] = readActions();
  const errors = await errorsOf(stack(), async () => {
    const headers = { "next-action": id, connection: "upgrade", upgrade: "h2c" };
    const visit = await newBrowser(stack()).send("POST", urlOf(stack(), "/"), { body: "[]", headers });
    expect(visit.headers["content-type"]).toBe("text/x-component");
    expect(visit.headers["x-action-redirect"]).toContain("/sign-in");
  });
  expect(errors).toEqual([]);
});

test("E3 with proxy.ts removed no action and no route does anything for nobody, or for what no page of ours sent", async () => {
  const build = withoutProxy();
  try {
    const instance = await stack().startInstance({}, build.folder);
    const owner = await signedIn(stack());
    await connect(stack(), owner, { userId: ines });
    const other = await signedIn(stack());
    const { userId, ...ids } = await onlyRow<
      Record<"userId" | "grantId" | "accountId" | "sessionId", string>
    >(
      `SELECT g."userId", g."id" AS "grantId", a."id" AS "accountId", s."id" AS "sessionId"
       FROM "Grant" g JOIN "Account" a ON a."providerAccountId" = g."webflowUserId" JOIN "Session" s ON s."userId" = g."userId"
       WHERE g."webflowUserId" = '${ines}' ORDER BY s."createdAt" DESC`,
    );
    const values = [ids.grantId, ids.sessionId, ids.accountId, userId];
    const nobody = newBrowser(stack());
    for (const browser of [owner, other, nobody]) browser.instance = instance;
    const csrf = await owner.send("GET", urlOf(stack(), "/api/auth/csrf"));
    expect(csrf.headers["content-security-policy"], "proxy.ts is gone").toBeUndefined();
    const { csrfToken } = JSON.parse(csrf.body);
    const actions = readActions();
    /** Everything that there is, as its page sends it and as React's script does. */
    const sendAll = async (browser: HttpBrowser, origin: Record<string, string | undefined>) => {
      for (const { id, page } of actions) {
        for (const called of [false, true]) {
          const headers = { ...origin, ...(called ? { "next-action": id } : {}) };
          const body = toBody({ called, args: null, fields: genuine }, id, values);
          await browser.send("POST", urlOf(stack(), page.replace("[id]", ids.grantId)), { body, headers });
        }
      }
      for (const path of ["/api/auth/signin/webflow", "/api/auth/signout"])
        await browser.send("POST", urlOf(stack(), path), {
          body: new URLSearchParams({ csrfToken }).toString(),
          headers: { ...origin, "content-type": "application/x-www-form-urlencoded" },
        });
      for (const path of routes.filter((route) => !route.startsWith("/api/auth")))
        await browser.send("POST", urlOf(stack(), path), { body: new URLSearchParams(), headers: origin });
      await browser.send("GET", urlOf(stack(), "/api/cron/sweep"));
    };
    const before = await rowsOf(userId);
    const starts = async () => (await stack().database.query(`SELECT FROM "AuthorizationRequest"`)).length;
    const started = await starts();
    for (const origin of [undefined, "", "null", "https://evil.example"]) {
      await sendAll(owner, { origin });
      await sendAll(owner, { origin, "x-forwarded-host": "evil.example" });
    }
    expect(await starts()).toBe(started);
    expect(await rowsOf(userId)).toBe(before);
    await sendAll(nobody, {});
    expect(await rowsOf(userId)).toBe(before);
    // The proof that each was sent as it must be: by its owner, from a page of ours.
    await sendAll(other, {});
    expect(await rowsOf(userId)).not.toBe(before);
    expect(await starts()).toBeGreaterThan(started);
    await instance.stop();
  } finally {
    build.remove();
  }
});
