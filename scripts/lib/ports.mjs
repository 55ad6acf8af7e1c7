import { createServer } from "node:net";

/** @param {number} port @param {string} host @returns {Promise<number | undefined>} the port when it could be listened on */
function tryListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once("error", (error) => {
      // A machine without IPv6 cannot listen there, and nobody else can.
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      resolve(code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL" ? port : undefined);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : undefined));
    });
  });
}

/**
 * Whether nobody listens on the port, on any address of this machine: a browser that opens localhost may try IPv6 first.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isPortFree(port) {
  for (const host of ["0.0.0.0", "127.0.0.1", "::", "::1"]) {
    if ((await tryListen(port, host)) === undefined) return false;
  }
  return true;
}

/**
 * @param {number} [wished]
 * @returns {Promise<number>} the wished port if it is free, else the next free one; without a wish, any free port.
 * Somebody else may take it before you do: whoever starts a server on it has to expect that.
 */
export async function freePort(wished) {
  for (let port = wished; port !== undefined && port < Math.min((wished ?? 0) + 50, 65_536); port++) {
    if (await isPortFree(port)) return port;
  }
  for (;;) {
    const port = await tryListen(0, "127.0.0.1");
    if (port !== undefined && (await isPortFree(port))) return port;
  }
}
