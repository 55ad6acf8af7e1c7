import { createServer, type RequestListener } from "node:http";
import type { Socket } from "node:net";

/** A Webflow that answers as a test says. */
export interface AnsweringServer {
  origin: string;
  /** How many connections it has had, and has. */
  connections(): { had: number; open: number };
  /** Ends every connection, hung ones too. */
  close(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export async function startAnsweringServer(listener: RequestListener): Promise<AnsweringServer> {
  const open = new Set<Socket>();
  let had = 0;
  const server = createServer(listener).on("connection", (socket) => {
    had++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    connections: () => ({ had, open: open.size }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
