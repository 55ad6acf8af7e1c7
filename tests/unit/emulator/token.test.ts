import { describe, expect, test } from "vitest";
import { app, freshEmulator, redirectUri } from "./harness";

const emulator = freshEmulator();

function post(body: BodyInit, contentType: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${emulator().origin}/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": contentType, ...headers },
    body,
  });
}

async function refusal(response: Response): Promise<unknown> {
  expect(response.status).toBe(400);
  return response.json();
}

describe("request parameters of Webflow's page", () => {
  test.each([
    ["client_id", "invalid_client"],
    ["client_secret", "invalid_client"],
    ["code", "invalid_grant"],
    ["grant_type", "unsupported_grant_type"],
  ])("%s: without it, %s", async (name, error) => {
    const response = await emulator().exchange({ code: await emulator().newCode(), [name]: undefined });
    expect(await refusal(response)).toMatchObject({ error });
  });

  test("redirect_URI: the page's spelling is taken too", async () => {
    const code = await emulator().newCode();
    const response = await emulator().exchange({ code, redirect_uri: undefined, redirect_URI: redirectUri });
    expect(response.status).toBe(200);
  });

  test("redirect_uri: is required when the authorize request had it", async () => {
    const response = await emulator().exchange({ code: await emulator().newCode(), redirect_uri: undefined });
    expect(await refusal(response)).toEqual({
      error: "invalid_grant",
      error_description: "invalid_redirect_uri",
    });
  });

  test("redirect_uri: is optional when the authorize request had none", async () => {
    const code = await emulator().newCode({}, { redirect_uri: undefined });
    expect((await emulator().exchange({ code, redirect_uri: undefined })).status).toBe(200);
  });

  test("redirect_uri: another than the registered one is refused, and the code stays good", async () => {
    const code = await emulator().newCode({}, { redirect_uri: undefined });
    const wrong = await emulator().exchange({ code, redirect_uri: `${redirectUri}/` });
    expect(await refusal(wrong)).toEqual({
      error: "invalid_grant",
      error_description: "invalid_redirect_uri",
    });
    expect((await emulator().exchange({ code })).status).toBe(200);
  });
});

describe("request bodies", () => {
  const fields = (code: string) => ({
    client_id: app.id,
    client_secret: app.secret,
    grant_type: "authorization_code",
    redirect_uri: redirectUri,
    code,
  });

  test("JSON is taken", async () => {
    const body = JSON.stringify(fields(await emulator().newCode()));
    expect((await post(body, "application/json; charset=utf-8")).status).toBe(200);
  });

  test("a form is taken", async () => {
    const body = new URLSearchParams(fields(await emulator().newCode())).toString();
    expect((await post(body, "application/x-www-form-urlencoded")).status).toBe(200);
  });

  test.each([
    ["half JSON", '{"client_id":', "application/json"],
    ["a JSON list", "[]", "application/json"],
    ["a number for a string", '{"client_id":1}', "application/json"],
    ["a repeated field", "client_id=a&client_id=b", "application/x-www-form-urlencoded"],
    ["plain text", "client_id=a", "text/plain"],
  ])("%s is an invalid_request", async (_name, body, type) => {
    expect(await refusal(await post(body, type))).toMatchObject({ error: "invalid_request" });
  });

  test("credentials in the query string are not looked at", async () => {
    const query = new URLSearchParams(fields(await emulator().newCode()));
    const response = await fetch(`${emulator().origin}/oauth/access_token?${query}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(await refusal(response)).toMatchObject({ error: "invalid_client" });
  });
});

describe("response parameters of Webflow's page", () => {
  test("token_type is bearer and access_token is 64 hex characters, kept nowhere", async () => {
    const response = await emulator().exchange({ code: await emulator().newCode() });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      token_type: "bearer",
      access_token: expect.stringMatching(/^[0-9a-f]{64}$/),
      scope: "authorized_user:read sites:read",
    });
  });
});

describe("access code errors of Webflow's page", () => {
  test("unsupported_grant_type: anything but authorization_code", async () => {
    const response = await emulator().exchange({ code: "x", grant_type: "refresh_token" });
    expect(await refusal(response)).toEqual({
      error: "unsupported_grant_type",
      error_description: "grant_type should always be specified as the string authorization_code",
    });
  });

  test("invalid_client: no application matches the credentials", async () => {
    const code = await emulator().newCode();
    const response = await emulator().exchange({ code, client_secret: "wrong" });
    expect(await refusal(response)).toEqual({
      error: "invalid_client",
      error_description: "No application found matching the provided credentials",
    });
    expect((await emulator().exchange({ code })).status).toBe(200);
  });

  test("invalid_grant: a code that was never issued", async () => {
    const response = await emulator().exchange({ code: "0".repeat(64) });
    expect(await refusal(response)).toMatchObject({ error: "invalid_grant" });
  });
});

describe("codes", () => {
  test("a code works once", async () => {
    const code = await emulator().newCode();
    expect((await emulator().exchange({ code })).status).toBe(200);
    expect(await refusal(await emulator().exchange({ code }))).toMatchObject({ error: "invalid_grant" });
  });

  test("ten exchanges of one code at once give one token", async () => {
    const code = await emulator().newCode();
    const answers = await Promise.all(Array.from({ length: 10 }, () => emulator().exchange({ code })));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect((await emulator().control.ledger()).tokens).toHaveLength(1);
  });

  test("a code lives until its fifteenth minute", async () => {
    const [young, old] = [await emulator().newCode(), await emulator().newCode()];
    await emulator().control.advanceClock(14 * 60_000);
    expect((await emulator().exchange({ code: young })).status).toBe(200);
    await emulator().control.advanceClock(60_000);
    expect(await refusal(await emulator().exchange({ code: old }))).toMatchObject({ error: "invalid_grant" });
    const { codes } = await emulator().control.ledger();
    expect(codes.map((code) => code.state)).toEqual(["used", "expired"]);
  });

  test("a token lives on when its code has long expired", async () => {
    const token = await emulator().newToken();
    await emulator().control.advanceClock(400 * 24 * 3_600_000);
    expect((await emulator().api("/token/introspect", token)).status).toBe(200);
  });

  test("uninstalling the app spoils a code that is still under way", async () => {
    const code = await emulator().newCode();
    const [user] = await emulator().control.users();
    await emulator().control.uninstall(user?.id ?? "");
    expect(await refusal(await emulator().exchange({ code }))).toMatchObject({ error: "invalid_grant" });
  });
});
