import { parseArgs } from "node:util";
import { site } from "../../lib/site";
import { type Emulator, startEmulator } from "./server";

const DEFAULT_PORT = 4100;

/** Something the person who starts the emulator can mend; the message is one sentence that says how. */
class SetupError extends Error {
  override readonly name = "SetupError";
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new SetupError(`${name} is not set: set it to what the app uses, then start again.`);
  return value;
}

function appOrigin(): URL {
  const value = required("AUTH_URL");
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new SetupError(
      "AUTH_URL is not a web address: set it to the app’s origin, such as http://localhost:3000.",
    );
  }
  return new URL(value);
}

function readPort(): number {
  let given: string | undefined;
  try {
    given = parseArgs({ options: { port: { type: "string" } } }).values.port;
  } catch {
    throw new SetupError(`Only --port is understood: start with --port ${DEFAULT_PORT}.`);
  }
  const port = Number(given ?? DEFAULT_PORT);
  if (!/^\d+$/.test(given ?? "0") || port > 65_535) {
    throw new SetupError(`--port must be a number up to 65535: start with --port ${DEFAULT_PORT}.`);
  }
  return port;
}

async function start(): Promise<Emulator> {
  const port = readPort();
  const id = required("WEBFLOW_CLIENT_ID");
  const secret = required("WEBFLOW_CLIENT_SECRET");
  const app = appOrigin();
  try {
    return await startEmulator({
      port,
      client: {
        id,
        secret,
        name: site.name,
        homepage: app.origin,
        redirectUris: [`${app.origin}/api/auth/callback/webflow`],
        installScopes: process.env.WEBFLOW_SCOPES?.split(/\s+/).filter(Boolean),
      },
    });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "EADDRINUSE") {
      throw new SetupError(`Port ${port} is taken: stop what uses it, or choose another with --port.`);
    }
    if (error.code === "EACCES") {
      throw new SetupError(`Port ${port} may not be used here: choose one above 1023 with --port.`);
    }
    throw error;
  }
}

function endWith(emulator: Emulator): void {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await emulator.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  // A parent that started this process with an IPC channel has gone.
  process.on("disconnect", end);
}

try {
  const emulator = await start();
  endWith(emulator);
  console.log(`Local Webflow: ${emulator.origin}`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
