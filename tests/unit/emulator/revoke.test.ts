import { describe, expect, test } from "vitest";
import { app, freshEmulator } from "./harness";

const emulator = freshEmulator();

describe("request parameters of Webflow's page", () => {
  test.each(["client_id", "client_secret"])("%s: without it, nothing is revoked", async (name) => {
    const token = await emulator().newToken();
    const response = await emulator().revoke({ access_token: token, [name]: undefined });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_client" });
    expect((await emulator().ledgerOf(token)).alive).toBe(true);
  });

  test("access_token: without it, an invalid_request", async () => {
    const response = await emulator().revoke({});
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_request" });
  });

  test("a form is taken as well as JSON", async () => {
    const token = await emulator().newToken();
    const response = await emulator().submit("/oauth/revoke_authorization", [
      ["client_id", app.id],
      ["client_secret", app.secret],
      ["access_token", token],
    ]);
    expect(await response.json()).toEqual({ didRevoke: true });
  });
});

describe("response parameters of Webflow's page", () => {
  test("didRevoke: true, and the token is dead from then on", async () => {
    const token = await emulator().newToken();
    const response = await emulator().revoke({ access_token: token });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ didRevoke: true });
    expect((await emulator().api("/token/introspect", token)).status).toBe(401);
    expect(await emulator().ledgerOf(token)).toMatchObject({ alive: false, killedBy: "revoke" });
  });

  test("error and error_response tell what was wrong", async () => {
    const response = await emulator().revoke({ access_token: "0".repeat(64), client_secret: "wrong" });
    expect(await response.json()).toEqual({
      error: "invalid_client",
      error_response: "No application found matching the provided credentials",
    });
  });

  test("a token that was never issued is an invalid_token", async () => {
    const response = await emulator().revoke({ access_token: "0".repeat(64) });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_token" });
  });
});

test("twenty revokes of one token at once: one says true", async () => {
  const token = await emulator().newToken();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => emulator().revoke({ access_token: token })),
  );
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
});
