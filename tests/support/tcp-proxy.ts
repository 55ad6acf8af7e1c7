import { connect, createServer, type Socket } from "node:net";

/** How the way to a server behaves. */
type Weather =
  /** Everything passes. */
  | "clear"
  /** Connections are reset, and new ones as soon as they are made. */
  | "cut"
  /** Connections stay open, and new ones are accepted, but not a byte passes. */
  | "stalled"
  /** What a client sends arrives; what the server answers does not. */
  | "answers stalled";

/** A TCP proxy on loopback that a test breaks and mends. */
export interface TcpProxy {
  port: number;
  /** @param lastWords what a client is answered before, in the server's place */
  cut(lastWords?: Buffer): void;
  stall(): void;
  /** Half-open: a statement sent now is carried out, and nobody hears of it. */
  stallAnswers(): void;
  /** Holds back each piece that a client sends by so many milliseconds. */
  delay(milliseconds: number): void;
  /** Everything passes again; what was held back arrives. */
  mend(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of a server of this machine. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let weather: Weather = "clear";
  let lastWords: Buffer | undefined;
  let delayMs = 0;

  /** Makes the open connections follow the weather. */
  function apply({ client, server }: { client: Socket; server: Socket }): void {
    if (weather === "cut") {
      if (lastWords) client.end(lastWords);
      else client.resetAndDestroy();
      server.destroy();
      return;
    }
    if (weather === "stalled") client.pause();
    else client.resume();
    if (weather === "clear") server.resume();
    else server.pause();
  }

  const proxy = createServer((client) => {
    const server = connect(target);
    const pair = { client, server };
    pairs.add(pair);
    client.on("data", (bytes) => {
      if (delayMs === 0) server.write(bytes);
      else setTimeout(() => server.destroyed || server.write(bytes), delayMs).unref();
    });
    server.on("data", (bytes) => void client.write(bytes));
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on("error", () => {}); // "close" follows
      socket.on("end", () => other.end());
      socket.on("close", () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
    apply(pair);
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("The proxy listens on no port.");

  function become(next: Weather): void {
    weather = next;
    for (const pair of [...pairs]) apply(pair);
  }
  return {
    port: address.port,
    cut: (words) => {
      lastWords = words;
      become("cut");
    },
    stall: () => become("stalled"),
    stallAnswers: () => become("answers stalled"),
    delay: (milliseconds) => {
      delayMs = milliseconds;
    },
    mend: () => {
      delayMs = 0;
      become("clear");
    },
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        lastWords = undefined;
        become("cut");
      }),
  };
}
