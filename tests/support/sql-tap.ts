import { type AddressInfo, createServer, connect as openSocket, type Socket } from "node:net";

/** A PostgreSQL behind a tap: whoever connects by `url` is served as usual, and each statement is written down. */
export interface SqlTap {
  url: string;
  /** Every statement that was executed since the last `clear`, in the order in which they were sent; BEGIN and COMMIT too. */
  statements(): string[];
  clear(): void;
  stop(): Promise<void>;
}

/**
 * Reads what clients say in PostgreSQL's protocol (documentation, "Message Formats") and counts what they execute: simple
 * queries, and the statement behind each Execute. So nothing that an app sends can be missed, and nothing in it has to change.
 */
export async function startSqlTap(databaseUrl: string): Promise<SqlTap> {
  const target = new URL(databaseUrl);
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = openSocket(Number(target.port || 5432), target.hostname);
    const listen = listener((sql) => seen.push(sql));
    client.on("data", listen);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay();
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    statements: () => [...seen],
    clear: () => void seen.splice(0),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const sslRequest = 80877103;
const gssRequest = 80877104;

/** One client connection: its first message has no type; then Parse names a statement, Bind a portal, Execute runs it. */
function listener(execute: (sql: string) => void): (data: Buffer) => void {
  const prepared = new Map<string, string>();
  const portals = new Map<string, string>();
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  return (data) => {
    rest = rest.length > 0 ? Buffer.concat([rest, data]) : data;
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return;
      const type = started ? String.fromCharCode(rest[0] ?? 0) : "startup";
      const [first = "", second = ""] = rest.toString("utf8", head + 4, end).split("\0");
      if (type === "startup") started = ![sslRequest, gssRequest].includes(rest.readInt32BE(4));
      if (type === "Q") execute(first);
      if (type === "P") prepared.set(first, second);
      if (type === "B") portals.set(first, prepared.get(second) ?? "");
      if (type === "E") execute(portals.get(first) ?? "");
      rest = rest.subarray(end);
    }
  };
}
