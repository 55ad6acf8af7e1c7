import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./app";
import { type ClientOptions, registerClient } from "./domain/client";
import { World } from "./domain/world";

export type { ClientOptions } from "./domain/client";

export interface EmulatorOptions {
  /** The app that is registered at this Webflow. */
  client: ClientOptions;
  /** 0, the default, is any free port. */
  port?: number;
}

export interface Emulator {
  /** Plays https://webflow.com and https://api.webflow.com at once. */
  origin: string;
  port: number;
  /** Ends every connection, hung ones too, and frees the port. May be called twice. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/**
 * Starts a local Webflow on the loopback interface. Its origin is http://127.0.0.1, not localhost: browsers share
 * cookies between the ports of one host name, and the real Webflow is another site than the app. The name localhost
 * works as well. Rejects with the system's error when the port is taken.
 */
export async function startEmulator({ client, port = 0 }: EmulatorOptions): Promise<Emulator> {
  const world = new World(registerClient(client));
  const app = createApp(world);
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");

  return {
    origin: `http://${LOOPBACK}:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
